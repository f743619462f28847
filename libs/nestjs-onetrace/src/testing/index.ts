export * from './span-collector.js';
