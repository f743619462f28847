import { Counter, Gauge, type Registry } from 'prom-client';
import { CIRCUIT_LABELS, METRICS } from '../semantics/index.js';

/** The circuit breaker of one connector. */
export interface Circuit {
  readonly connector: string;
  readonly target: string;
}

/** State and changes of circuit breakers. */
export class CircuitMetrics {
  private readonly open;
  /** How many connectors have this name and target: several applications may live in one process. */
  private readonly watched = new Map<string, number>();
  private readonly changes;

  constructor(registry: Registry) {
    const { connector, target, state } = CIRCUIT_LABELS;
    const registers = [registry];
    this.open = new Gauge({
      name: METRICS.circuitOpen,
      help: 'Whether the circuit of a connector is open: 1, or 0',
      labelNames: [connector, target],
      registers,
    });
    this.changes = new Counter({
      name: METRICS.circuitChangesTotal,
      help: 'Changes of circuits, by what they became',
      labelNames: [connector, target, state],
      registers,
    });
  }

  /** A breaker that has not opened yet is closed, which is worth a sample. */
  watch({ connector, target }: Circuit): void {
    const key = JSON.stringify([connector, target]);
    const others = this.watched.get(key) ?? 0;
    this.watched.set(key, others + 1);
    if (others === 0) this.open.set({ connector, target }, 0);
  }

  /** A circuit that lets one attempt through to see whether the target is back is open for all others. */
  changed({ connector, target }: Circuit, state: 'opened' | 'half-opened' | 'closed'): void {
    this.open.set({ connector, target }, state === 'closed' ? 0 : 1);
    this.changes.inc({ connector, target, state });
  }

  /** The connector is closed: what it knew of its target, and no other one knows, is no longer true. */
  forget({ connector, target }: Circuit): void {
    const key = JSON.stringify([connector, target]);
    const others = (this.watched.get(key) ?? 1) - 1;
    if (others > 0) {
      this.watched.set(key, others);
      return;
    }
    this.watched.delete(key);
    this.open.remove({ connector, target });
  }
}
