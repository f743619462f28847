import { type AnswerChoice, listOf, objectOf, textOf } from './answer.choice.js';

interface CollectedChoice {
  text: string | undefined;
  reasoning: string | undefined;
  readonly toolCalls: Map<number, CollectedCall>;
  finishReason: string | undefined;
}

interface CollectedCall {
  id: string | undefined;
  name: string | undefined;
  arguments: string;
}

/** Puts the answer of a stream together, for who captures or checks it: up to so many characters, then no more. */
export class StreamedAnswer {
  private readonly collected = new Map<number, CollectedChoice>();
  private characters = 0;

  constructor(private readonly limit: number) {}

  /** Whether the answer was longer than what is collected. */
  get isCut(): boolean {
    return this.characters > this.limit;
  }

  get choices(): AnswerChoice[] {
    return [...this.collected.values()].map((choice) => ({ ...choice, toolCalls: [...choice.toolCalls.values()] }));
  }

  add(choices: unknown): void {
    if (this.isCut) return;
    for (const choice of listOf(choices)) {
      const collected = this.choiceAt(choice['index']);
      const delta = objectOf(choice['delta']);
      collected.text = this.joined(collected.text, textOf(delta['content']) ?? textOf(choice['text']));
      const reasoning = textOf(delta['reasoning_content']) ?? textOf(delta['reasoning']);
      collected.reasoning = this.joined(collected.reasoning, reasoning);
      collected.finishReason = textOf(choice['finish_reason']) ?? collected.finishReason;
      for (const call of listOf(delta['tool_calls'])) this.addCall(collected, call);
    }
  }

  /** A call comes in pieces: its name first, its arguments bit by bit. */
  private addCall({ toolCalls }: CollectedChoice, call: Readonly<Record<string, unknown>>): void {
    const index = typeof call['index'] === 'number' ? call['index'] : toolCalls.size;
    const { name, arguments: piece } = objectOf(call['function']);
    const collected = toolCalls.get(index) ?? { id: undefined, name: undefined, arguments: '' };
    collected.id ??= textOf(call['id']);
    collected.name ??= textOf(name);
    collected.arguments = this.joined(collected.arguments, textOf(piece)) ?? '';
    toolCalls.set(index, collected);
  }

  private choiceAt(index: unknown): CollectedChoice {
    const place = typeof index === 'number' ? index : 0;
    let choice = this.collected.get(place);
    if (choice === undefined) {
      choice = { text: undefined, reasoning: undefined, toolCalls: new Map(), finishReason: undefined };
      this.collected.set(place, choice);
    }
    return choice;
  }

  private joined(text: string | undefined, more: string | undefined): string | undefined {
    if (more === undefined) return text;
    this.characters += more.length;
    return text === undefined ? more : text + more;
  }
}
