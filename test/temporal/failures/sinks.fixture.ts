import type { InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';

/** A sink of the application's own. */
export interface UserSinks extends Sinks {
  user: {
    hears(word: string): void;
  };
}

/** Breaks; takes its process along where that is asked for. */
export const sinks: InjectedSinks<UserSinks> = {
  user: {
    hears: {
      fn: () => {
        if (process.env['SINK'] === 'dies') process.kill(process.pid, 'SIGKILL');
        throw new RangeError('the sink overflowed');
      },
      callDuringReplay: false,
    },
  },
};
