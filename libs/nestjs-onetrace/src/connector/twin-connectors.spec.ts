import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ConnectorModule, getConnectorToken } from './index.js';

const llm = (port = 1): DynamicModule =>
  ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: `http://127.0.0.1:${port}` });
const later = (): DynamicModule =>
  ConnectorModule.registerAsync({
    name: 'llm',
    useFactory: () => ({ protocol: 'openai', baseUrl: 'http://127.0.0.1:3' }),
  });

/** An application whose feature modules import these. */
function applicationOf(...modules: readonly DynamicModule[]): DynamicModule {
  const features = modules.map((imported) => {
    @Module({ imports: [imported] })
    class FeatureModule {}
    return FeatureModule;
  });
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: features };
}

const REFUSED = {
  code: 'ONETRACE_DUPLICATE_MODULE',
  message: expect.stringContaining('several connectors of the name "llm" in this application; register it once'),
};

describe('two connectors of one name', () => {
  it.each([
    ['of two targets', () => [llm(1), llm(2)]],
    ['of one target, registered in two modules', () => [llm(), llm()]],
    ['of which one has a factory', () => [llm(), later()]],
  ])('%s stop the start of their application', async (_, modules) => {
    await expect(Test.createTestingModule({ imports: [applicationOf(...modules())] }).compile()).rejects.toMatchObject(
      REFUSED,
    );
  });

  it('are one where modules import the same registration', async () => {
    const shared = llm();
    const module = await Test.createTestingModule({ imports: [applicationOf(shared, shared)] }).compile();
    expect(module.get<object>(getConnectorToken('llm'), { strict: false })).toMatchObject({ target: '127.0.0.1:1' });
    await module.close();
  });

  it('may stand beside another name', async () => {
    const other = ConnectorModule.register({ name: 'other', protocol: 'openai', baseUrl: 'http://127.0.0.1:1' });
    await (await Test.createTestingModule({ imports: [applicationOf(llm(), other)] }).compile()).close();
  });

  it('live in two applications of one process, at a time and one after the other', async () => {
    const options = { logger: false } as const;
    const first = await NestFactory.createApplicationContext(applicationOf(llm(1)), options);
    const second = await NestFactory.createApplicationContext(applicationOf(llm(2)), options);
    const targets = [first, second].map(
      (application) => application.get<{ target: string }>(getConnectorToken('llm'), { strict: false }).target,
    );
    expect(targets).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
    await first.close();
    await second.close();
    await (await NestFactory.createApplicationContext(applicationOf(llm(1)), options)).close();
  });
});
