import { afterEach, beforeEach } from '@jest/globals';
import { setNoticeSink } from '../notice.js';

/** Notices of a spec file whose tests set environment variables: each test begins without notices, and with the variables that were there. */
export function noticesOfEachTest(): string[] {
  const variables = { ...process.env };
  const notices: string[] = [];
  beforeEach(() => {
    notices.length = 0;
    setNoticeSink((message) => void notices.push(message));
  });
  afterEach(() => {
    process.env = { ...variables };
  });
  return notices;
}
