import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where `onetrace dev` keeps its database unless told otherwise: the user's state folder (XDG Base Directory; on Windows
 * the local application data).
 */
export function defaultStorePath(env: NodeJS.ProcessEnv = process.env): string {
  const windows = process.platform === 'win32' ? env['LOCALAPPDATA'] : undefined;
  const state = env['XDG_STATE_HOME'] || windows || join(homedir(), '.local', 'state');
  return join(state, 'onetrace', 'onetrace.db');
}
