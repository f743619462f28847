import { describe, expect, it } from '@jest/globals';
import { BadRequestException, ForbiddenException, HttpException, NotFoundException } from '@nestjs/common';
import { refusalReason } from './refusal.js';

describe('the reason of a refusal', () => {
  it.each<[string, unknown, string]>([
    ['the message of an exception', new ForbiddenException('not your ward'), 'not your ward'],
    [
      'the messages of a validation',
      new BadRequestException(['ward must be a number', 'bed is empty']),
      'ward must be a number; bed is empty',
    ],
    ['the message beside an empty list', new HttpException({ message: [] }, 400), 'Http Exception'],
    ['the message beside what is no list of texts', new HttpException({ message: [{ a: 1 }] }, 400), 'Http Exception'],
    [
      'the path for which there is no route, without its query',
      new NotFoundException('Cannot GET /wards?note=%22no%22'),
      'Cannot GET /wards',
    ],
    ['a text that was thrown', 'no', 'no'],
    ['nothing that was thrown', undefined, 'undefined'],
  ])('is %s', (_, thrown, reason) => {
    expect(refusalReason(thrown)).toBe(reason);
  });

  it('is cut where it is long', () => {
    expect(refusalReason(new BadRequestException(Array(1000).fill('x')))).toHaveLength(512);
  });

  it('survives an exception that throws when it is asked', () => {
    const evil = new BadRequestException('plain');
    evil.getResponse = () => {
      throw new Error('no');
    };
    expect(refusalReason(evil)).toBe('plain');
  });
});
