import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Red and yellow stay free: they mark what failed and what was slow. */
const COMPONENT_COLOURS = [
  'cyan',
  'green',
  'blue',
  'magenta',
  'cyanBright',
  'greenBright',
  'blueBright',
  'magentaBright',
] as const;

/** Colours of one rendering, or none at all. */
export class Palette {
  constructor(
    private readonly colour: boolean,
    private readonly components: readonly string[],
  ) {}

  paint(style: Style, text: string): string {
    return this.colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }

  bold(text: string): string {
    return this.paint('bold', text);
  }

  dim(text: string): string {
    return this.paint('dim', text);
  }

  /** The colour of a component is the same all over a story. */
  component(name: string, text: string): string {
    const index = Math.max(0, this.components.indexOf(name));
    return this.paint(COMPONENT_COLOURS[index % COMPONENT_COLOURS.length] ?? 'cyan', text);
  }
}
