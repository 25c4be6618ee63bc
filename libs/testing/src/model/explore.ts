/**
 * Breadth-first search of everything that can happen, each state once. The first violation met is one of the shortest; its story is told again by
 * walking the states from the beginning.
 */
import { assert } from '@weir/base';
import type { ModelOptions } from './guards.js';
import { whatHealingFinds } from './healed-state.js';
import { ProtocolModel } from './protocol-model.js';
import { StateSet } from './state-set.js';
import { stepText } from './step-names.js';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Steps of the longest shortest way from the beginning to a state. */
  readonly depth: number;
  /** Sentences, numbered, the last one the violation; undefined when nothing is violated. */
  readonly story: readonly string[] | undefined;
  /** False when `maxStates` ended the search. */
  readonly complete: boolean;
}

export function explore(options: ModelOptions = {}, { maxStates = 16_000_000 }: { readonly maxStates?: number } = {}): Exploration {
  const model = new ProtocolModel(options);
  const { layout } = model;
  const seen = new StateSet(layout.size);
  seen.add(layout.initial(), -1);
  let transitions = 0;
  let depth = 0;
  let levelEnd = 1;
  let broken: { readonly parent: number; readonly last: string; readonly violation: string } | undefined;
  let current = 0;
  for (; current < seen.size && broken === undefined && seen.size < maxStates; current++) {
    if (current === levelEnd) {
      depth++;
      levelEnd = seen.size;
    }
    model.expand(seen.at(current), (name, epoch, reference, next, violation) => {
      if (broken !== undefined) return;
      transitions++;
      const isNew = violation === undefined && seen.add(next, current);
      const found = violation ?? (isNew ? whatHealingFinds(model, next) : undefined);
      if (found !== undefined) broken = { parent: current, last: stepText(layout, name, epoch, reference), violation: found };
    });
  }
  const story = broken === undefined ? undefined : tell(model, seen, broken);
  return { states: seen.size, transitions, depth, story, complete: broken === undefined && current === seen.size };
}

function tell(model: ProtocolModel, seen: StateSet, { parent, last, violation }: { readonly parent: number; readonly last: string; readonly violation: string }): string[] {
  const path: number[] = [];
  for (let index = parent; index >= 0; index = seen.parentOf(index)) path.unshift(index);
  const sentences: string[] = [];
  for (let at = 1; at < path.length; at++) sentences.push(stepBetween(model, seen.at(path[at - 1]), seen.at(path[at])));
  sentences.push(last);
  return [...sentences.map((sentence, index) => `${index + 1}. ${sentence}`), `violated: ${violation}`];
}

function stepBetween(model: ProtocolModel, from: Uint8Array, to: Uint8Array): string {
  let text: string | undefined;
  model.expand(from, (name, epoch, reference, next) => {
    if (text === undefined && next.every((value, at) => value === to[at])) text = stepText(model.layout, name, epoch, reference);
  });
  assert(text !== undefined, 'a state of the search has no step that leads to it');
  return text;
}
