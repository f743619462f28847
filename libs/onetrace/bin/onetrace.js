#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `onetrace needs Node.js 22.13 or newer, because it keeps flows in Node's own SQLite; this is ${process.version}`,
  );
  process.exit(1);
}
await import('../dist/esm/cli.js');
