import { describe, expect, it } from '@jest/globals';
import { JobModuleInvalidError } from '@weir/artifacts';
import { failureInfo, WeirError } from '@weir/base';
import { renderError, renderFailure } from '../src/render/error.js';
import { colorStyle } from '../src/render/text.js';

const workingDirectory = '/home/ada/flights';
const render = (error: unknown) => renderError(error, { workingDirectory }).join('\n');

describe('a failure', () => {
  it('of user code shows the frames of the user, not those of packages, Node or Weir', () => {
    const cause = new TypeError("Cannot read properties of undefined (reading 'length')");
    cause.stack = [
      "TypeError: Cannot read properties of undefined (reading 'length')",
      '    at carrierOf (file:///home/ada/flights/src/carriers.ts:12:20)',
      '    at file:///home/ada/flights/src/job.ts:8:3',
      '    at Chain1.process (file:///opt/weir/apps/cli/dist/bundle/chunk/task-ABC.js:100:5)',
      '    at parse (/home/ada/flights/node_modules/csv/index.js:3:4)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    ].join('\n');
    const error = new WeirError({
      code: 'WEIR_USER_FUNCTION_FAILED', domain: 'user', retry: 'restart', cause,
      message: 'the function of operator carriers failed', hint: 'Look at the record that it got.',
    });
    error.stack = '';
    expect(render(error)).toMatchInlineSnapshot(`
      "error WEIR_USER_FUNCTION_FAILED: the function of operator carriers failed
        at carrierOf (src/carriers.ts:12:20)
        at src/job.ts:8:3
        caused by TypeError: Cannot read properties of undefined (reading 'length')
      hint: Look at the record that it got."
    `);
  });

  it('with a position shows the line and a caret', () => {
    const position = { file: 'src/job.ts', line: 7, column: 9, lineText: 'const x = ;' };
    const error = new JobModuleInvalidError('src/job.ts:7:9 unexpected ";"', position, 2);
    error.stack = '';
    expect(render(error)).toMatchInlineSnapshot(`
      "error WEIR_JOB_MODULE_INVALID: src/job.ts:7:9 unexpected ";"
        7 | const x = ;
                    ^
      hint: Correct the source and run again; there are 2 further problems."
    `);
  });

  it('that arrived as data reads the same, without a cause that says the same twice', () => {
    const error = new WeirError({ code: 'WEIR_X', domain: 'user', retry: 'never', message: 'reading failed: no such file', hint: '', cause: new Error('no such file') });
    error.stack = '';
    (error.cause as Error).stack = '';
    expect(renderFailure(failureInfo(error), { workingDirectory })).toEqual(['error WEIR_X: reading failed: no such file']);
  });

  it('of Weir itself shows the whole stack and asks for a report', () => {
    const error = new TypeError('x is not a function');
    error.stack = 'TypeError: x is not a function\n    at f (file:///opt/weir/apps/cli/dist/bundle/main.js:1:2)';
    expect(render(error)).toMatchInlineSnapshot(`
      "error WEIR_INTERNAL: x is not a function
        at f (/opt/weir/apps/cli/dist/bundle/main.js:1:2)
      hint: This is a fault in Weir, not in the job; please report it with the lines above."
    `);
  });

  it('is coloured only when asked', () => {
    const error = new WeirError({ code: 'WEIR_X', domain: 'user', retry: 'never', message: 'm', hint: 'h' });
    error.stack = '';
    expect(render(error)).not.toContain('\u001b');
    expect(renderError(error, { workingDirectory, style: colorStyle })[0]).toBe('\u001b[31merror\u001b[39m \u001b[1mWEIR_X\u001b[22m: m');
  });
});
