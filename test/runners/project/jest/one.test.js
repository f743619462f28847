import * as runner from '@jest/globals';
import { suite } from '../suite.js';
suite(runner, 'one');
