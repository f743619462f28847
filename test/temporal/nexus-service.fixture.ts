import * as nexus from 'nexus-rpc';

/** What workers offer over Nexus; workflow code imports it too. */
export const modelService = nexus.service('models', {
  ask: nexus.operation<string, string>(),
  run: nexus.operation<string, string>(),
  converse: nexus.operation<string, string[]>(),
  refuse: nexus.operation<string, string>(),
  hangsUpOnce: nexus.operation<string, string>(),
});
