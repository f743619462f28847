import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  ConflictException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
} from '@nestjs/common';
import { describeThrown } from './line-error.js';

const cause = new TypeError('no such row');

describe('what an error has of its own', () => {
  it.each<[string, Error, object]>([
    ['a message', new NotFoundException('no item'), { status: 404 }],
    ['nothing', new InternalServerErrorException(), { status: 500 }],
    ['a cause', new InternalServerErrorException('no item', { cause }), { status: 500 }],
    ['a cause, bare', new HttpException('no item', 418, { cause }), { status: 418 }],
    [
      'an error code',
      new BadRequestException('no item', { cause, errorCode: 'E_ITEM' }),
      { status: 400, errorCode: 'E_ITEM' },
    ],
  ])('is not told twice of an HttpException with %s', (_what, error, extra) => {
    const described = describeThrown(error);
    expect(described.extra).toEqual(extra);
    if (error.cause !== undefined) expect(described.cause).toMatchObject({ type: 'TypeError', message: 'no such row' });
    expect(JSON.stringify(described).split('no such row')).toHaveLength(error.cause === undefined ? 1 : 3);
  });

  it.each<[string, Error, object]>([
    [
      'a body of its own',
      new ConflictException({ message: 'taken', owner: 'dept-a' }),
      { response: { message: 'taken', owner: 'dept-a' } },
    ],
    [
      'a list of messages',
      new BadRequestException(['a must be a text', 'b is missing']),
      { response: { message: ['a must be a text', 'b is missing'] } },
    ],
    [
      'a description',
      new BadRequestException('no item', { cause, description: 'Wrong shelf' }),
      { response: { error: 'Wrong shelf' } },
    ],
    ['options of its own', new HttpException('no item', 400, { cause, shelf: 7 } as object), { options: { shelf: 7 } }],
  ])('is told of an HttpException with %s', (_what, error, extra) => {
    const described = describeThrown(error);
    expect(described.extra).toMatchObject(extra);
    expect(described.extra?.['options'] ?? {}).not.toHaveProperty('cause');
  });

  it('is not its cause once more under another name', () => {
    const error = Object.assign(new Error('no item', { cause }), {
      inner: cause,
      options: { retries: 3 },
      response: 'no item',
    });
    expect(describeThrown(error).extra).toEqual({ options: { retries: 3 }, response: 'no item' });
  });
});
