import { Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { type ApplicationConfig, ModuleRef, ModulesContainer } from '@nestjs/core';
import { safely } from '../tracing/index.js';
import { listenInControllers } from './own-listeners.js';
import { activeRequest } from './request-context.js';

/** Asked whether it is the class of an exception, it listens and says no. */
class AnyFailure {
  static [Symbol.hasInstance](error: unknown): boolean {
    safely('failure listener', () => activeRequest()?.failed(error));
    return false;
  }
}

/** A filter that Nest asks about every exception and that never matches one: all others answer as if it were not there. */
@Catch(AnyFailure)
class ListeningFilter implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}

const LISTENER = new ListeningFilter();
const LISTENING = Symbol.for('onetrace.http.listening');

/**
 * Hears of the errors that end a request: in middleware, guards, body parsers, interceptors, handlers. The filter stands before all
 * others whenever Nest asks for them, so that none of them answers unheard.
 */
@Injectable()
export class FailureListener {
  constructor(moduleRef: ModuleRef, modules: ModulesContainer) {
    listenInControllers(modules, LISTENER);
    const { container } = moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } };
    const config = container?.applicationConfig as (ApplicationConfig & { [LISTENING]?: true }) | undefined;
    if (config === undefined || config[LISTENING] === true) return;
    config[LISTENING] = true;
    const globalFilters = config.getGlobalFilters.bind(config);
    // Nest asks the last filter first.
    config.getGlobalFilters = () => [...globalFilters(), LISTENER];
  }
}
