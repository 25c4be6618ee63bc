export { scenarios } from './scenarios/index.js';
