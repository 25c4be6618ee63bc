export * from './duration.js';
export * from './timestamps.js';
export * from './watermark-strategy.js';
export * from './windows.js';
export * from './watermark-valve.js';
