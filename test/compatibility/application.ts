import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Installation } from './installation.ts';

const run = promisify(execFile);
const FILES = join(import.meta.dirname, 'application');

/** How an application of the matrix is laid out and compiled. */
export interface ApplicationKind {
  /** Name of its folder inside the installation. */
  readonly name: string;
  readonly type: 'module' | 'commonjs';
  /** Beside those of Nest's own template. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
  /** Without nestjs-cls, Swagger and the like. */
  readonly plain?: boolean;
}

/** An application of the matrix in its folder, below the installation whose packages it uses. */
export class Application {
  private constructor(
    private readonly installation: Installation,
    readonly folder: string,
  ) {}

  /** Lays out the sources with the files that Nest's own template has. */
  static async create(installation: Installation, kind: ApplicationKind): Promise<Application> {
    const folder = join(installation.folder, kind.name);
    await mkdir(folder);
    await cp(join(FILES, 'src'), join(folder, 'src'), {
      recursive: true,
      filter: (source) => kind.plain !== true || !source.endsWith('companions'),
    });
    await writeJson(join(folder, 'package.json'), { name: kind.name, private: true, type: kind.type });
    await writeJson(join(folder, 'nest-cli.json'), { collection: '@nestjs/schematics', sourceRoot: 'src' });
    await writeJson(join(folder, 'tsconfig.json'), {
      compilerOptions: { ...TEMPLATE, ...kind.compilerOptions },
      include: ['src'],
    });
    return new Application(installation, folder);
  }

  /** Compiles with the installation's own TypeScript; rejects with the compiler's words. */
  tsc(...args: string[]): Promise<void> {
    return this.script('typescript/bin/tsc', ['-p', 'tsconfig.json', ...args]);
  }

  /** Runs the Nest command line of the installation. */
  nest(...args: string[]): Promise<void> {
    return this.script('@nestjs/cli/bin/nest.js', args);
  }

  /** Path of an installed package's file. */
  installed(path: string): string {
    return join(this.installation.folder, 'node_modules', path);
  }

  private async script(path: string, args: string[]): Promise<void> {
    try {
      await run(process.execPath, [this.installed(path), ...args], { cwd: this.folder, timeout: 120_000 });
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${path} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** Copies a file or folder beside the sources into the application. */
  async add(from: string, to: string): Promise<void> {
    await cp(join(FILES, from), join(this.folder, to), { recursive: true });
  }

  /** Edits a source file as its developer would. */
  async edit(path: string, before: string, after: string): Promise<void> {
    const file = join(this.folder, path);
    const text = await readFile(file, 'utf8');
    if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
    await writeFile(file, text.replace(before, after));
  }
}

const TEMPLATE = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'ES2023',
  types: ['node'],
  esModuleInterop: true,
  isolatedModules: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  sourceMap: true,
  strict: true,
  strictPropertyInitialization: false,
  skipLibCheck: true,
  rootDir: 'src',
  outDir: 'dist',
};

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
