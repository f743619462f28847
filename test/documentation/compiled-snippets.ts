import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Snippet } from './snippets.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Of a user who starts with Nest's own settings, only stricter. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * Compiles snippets, each in a folder of its own with the files of an application that it imports (text by file name), and gives
 * what the compiler finds fault with.
 */
export function compileSnippets(snippets: readonly Snippet[], application: Readonly<Record<string, string>>): string[] {
  const files = new Map<string, string>();
  const places = new Map<string, string>();
  snippets.forEach(({ place, code }, index) => {
    const folder = join(ROOT, 'test/documentation', `snippet-${index}`);
    for (const [name, text] of Object.entries(application)) files.set(join(folder, name), text);
    files.set(join(folder, 'snippet.ts'), code);
    places.set(join(folder, 'snippet.ts'), place);
  });
  const host = inMemory(files);
  const program = ts.createProgram([...places.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    const place = places.get(file?.fileName ?? '') ?? file?.fileName;
    return `${place}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** The disk, with some files laid over it. */
function inMemory(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  const folders = new Set([...files.keys()].map((name) => dirname(name)));
  return {
    ...host,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    directoryExists: (name) => folders.has(name) || ts.sys.directoryExists(name),
    readFile: (name) => files.get(name) ?? host.readFile(name),
    getSourceFile: (name, options, onError) => {
      const text = files.get(name);
      return text === undefined ? host.getSourceFile(name, options, onError) : ts.createSourceFile(name, text, options);
    },
  };
}
