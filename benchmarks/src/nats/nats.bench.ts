/**
 * Frames between two processes over a nats-server on this machine: a `NatsTransport` data connection beside the bare client library
 * publishing the same frames under the same credit window. Measured: encoding of frames as messages, subjects, dispatch, accounting. Not
 * measured: records into frames, and the server, whose CPU time is not counted (wall ratios contain it).
 *
 *   npm run bench -- nats [--json] [--seconds N] [--rounds N]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findNatsServer, startNatsServer } from '@weir/transport-nats';
import { type Comparison, median, round3, type Sample } from '../measure.js';
import { printReport } from '../report.js';
import { CREDIT_SUBJECT, FRAMES_SUBJECT, type SendOrder, type SendReport } from './sender.js';
import { openWay, type WayName } from './ways.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '5' } } });
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const RECORD_BYTES = 100;

const SHAPES = [
  { name: 'frames-16k', frameBytes: 16 * 1024, window: 256, note: '16 KiB frames of 100-byte records, 4 MiB of credit' },
  { name: 'frames-100', frameBytes: RECORD_BYTES, window: 8192, note: 'a frame for each 100-byte record: what small control messages cost' },
];

/** Receives `frames` frames and grants credit after each eighth of the window. */
async function receive(child: ChildProcess, order: SendOrder, window: number): Promise<Sample> {
  const way = await openWay(order.way, order.url, 'receiver');
  const grant = (upTo: number): void => {
    const credit = new Uint8Array(8);
    new DataView(credit.buffer).setFloat64(0, upTo);
    way.publish(CREDIT_SUBJECT, credit);
  };
  let expected = 0;
  const step = window / 8;
  const complete = new Promise<void>((resolve, reject) => {
    way.subscribe(FRAMES_SUBJECT, (frame) => {
      const number = new DataView(frame.buffer, frame.byteOffset).getFloat64(0);
      if (number !== expected++) reject(new Error(`frame ${number} arrived where ${expected - 1} was expected`));
      if (expected === order.frames) resolve();
      else if (expected % step === 0) grant(expected + window);
    });
  });
  await way.ready();
  child.send(order);
  await once(child, 'message');
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = performance.now();
  grant(window);
  await complete;
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  grant(Number.POSITIVE_INFINITY);
  const [report] = (await once(child, 'message')) as [SendReport];
  await way.close();
  return { wallMs, cpuMs: (user + system) / 1000 + report.cpuMs };
}

const directory = mkdtempSync(join(tmpdir(), 'weir-bench-nats-'));
const server = await startNatsServer({ binary: findNatsServer({ environment: process.env }), storeDirectory: directory });
const child = fork(fileURLToPath(new URL('./sender.ts', import.meta.url)));
const results: Comparison[] = [];
try {
  for (const { name, frameBytes, window, note } of SHAPES) {
    const run = (way: WayName, frames: number): Promise<Sample> => receive(child, { way, url: server.url, frames, frameBytes }, window);
    const warmUp = 20 * window;
    await run('weir', warmUp);
    await run('raw', warmUp);
    const { wallMs } = await run('raw', warmUp);
    const frames = Math.ceil((warmUp / wallMs) * 1000 * seconds);
    const [reference, measured]: [Sample[], Sample[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      reference.push(await run('raw', frames));
      measured.push(await run('weir', frames));
    }
    const records = frames * Math.floor(frameBytes / RECORD_BYTES);
    const ratios = measured.map((sample, i) => reference[i].cpuMs / sample.cpuMs);
    const [wall, cpu] = [median(measured.map((sample) => sample.wallMs)), median(measured.map((sample) => sample.cpuMs))];
    results.push({
      name,
      ratio: round3(median(ratios)),
      ratios: ratios.map(round3),
      wallRatio: round3(median(measured.map((sample, i) => reference[i].wallMs / sample.wallMs))),
      recordsPerS: Math.round((records / wall) * 1000),
      referenceRecordsPerS: Math.round((records / median(reference.map((sample) => sample.wallMs))) * 1000),
      recordsPerCoreS: Math.round((records / cpu) * 1000),
      cores: round3(cpu / wall),
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      note: `${note}; ${Math.round((frames * frameBytes) / wall / 1000)} MB/s`,
    });
  }
} finally {
  child.disconnect(); // and so it ends
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
printReport('nats', `two processes, nats-server ${server.version}, CPU of both processes, ${rounds} interleaved rounds of about ${seconds} s`, results, values.json);
