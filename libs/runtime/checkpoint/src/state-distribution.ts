/** How list state is spread over the subtasks of a restore: `split` = each element to one subtask, `union` = every element to all. */
export type StateDistribution = 'split' | 'union';
