export { explore, type Exploration } from './explore.js';
export { type Guard, GUARDS, guards, type ModelOptions, type Refinement, REFINEMENTS, refinements, type Rule } from './guards.js';
