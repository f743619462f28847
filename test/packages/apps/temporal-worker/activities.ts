import { Inject, Injectable, Logger, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import type { Context } from '@temporalio/activity';

/** What the activity gets injected. */
export class Voice {
  raise(text: string): string {
    return text.toUpperCase();
  }
}
Injectable()(Voice);

/** Made for each attempt. Decorated by hand: Node only strips types. */
export class Shouting {
  private readonly logger = new Logger('Shouting');
  private readonly voice: Voice;
  private readonly activity: Context;

  constructor(voice: Voice, activity: Context) {
    this.voice = voice;
    this.activity = activity;
  }

  async shout(text: string): Promise<string> {
    this.logger.log(`attempt ${this.activity.info.attempt}`);
    return this.voice.raise(text);
  }
}
Inject(Voice)(Shouting, undefined, 0);
Inject(REQUEST)(Shouting, undefined, 1);
Injectable({ scope: Scope.REQUEST })(Shouting);
