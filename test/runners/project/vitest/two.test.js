import * as runner from 'vitest';
import { suite } from '../suite.js';
suite(runner, 'two');
