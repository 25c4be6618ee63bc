/**
 * Combines the watermarks of several inputs: the output is the minimum over the active, aligned inputs (Flink StatusWatermarkValve).
 * W1: the output never falls. W2: an input that comes back from idle counts only once it has reached the output.
 * W3: when the last active input goes idle, the maximum over all is emitted, then IDLE. W4: a finished input (MAX) never pulls the
 * output to MAX while another is merely idle (FLINK-38477).
 */
import { MAX_WATERMARK, MIN_WATERMARK } from './timestamps.js';

export class WatermarkValve {
  private readonly watermarks: Float64Array;
  private readonly idle: Uint8Array;
  private readonly aligned: Uint8Array;
  /** Last emitted watermark. */
  output = MIN_WATERMARK;
  /** True while every input is idle or finished and not all are finished. */
  outputIdle = false;

  constructor(readonly inputCount: number) {
    this.watermarks = new Float64Array(inputCount).fill(MIN_WATERMARK);
    this.idle = new Uint8Array(inputCount);
    this.aligned = new Uint8Array(inputCount).fill(1);
  }

  /**
   * Takes a watermark of one input; true when `output` rose. Watermarks of an idle input are passed over, but for its end (MAX): idle or not,
   * it has finished.
   */
  advance(input: number, watermark: number): boolean {
    if (watermark <= this.watermarks[input] || (this.idle[input] === 1 && watermark !== MAX_WATERMARK)) return false;
    this.watermarks[input] = watermark;
    if (this.aligned[input] === 0 && watermark >= this.output) this.aligned[input] = 1;
    return this.recompute();
  }

  /** Marks an input idle or active; true when `output` rose. Look at `outputIdle` afterwards as well. */
  setIdle(input: number, idle: boolean): boolean {
    if ((this.idle[input] === 1) === idle) return false;
    this.idle[input] = idle ? 1 : 0;
    if (idle) {
      this.aligned[input] = 0;
    } else {
      this.aligned[input] = this.watermarks[input] >= this.output ? 1 : 0;
      this.outputIdle = false;
    }
    return this.recompute();
  }

  private recompute(): boolean {
    let minimum = MAX_WATERMARK;
    let unfinished = 0;
    let active = 0;
    let idleMaximum = MIN_WATERMARK;
    for (let i = 0; i < this.inputCount; i++) {
      const watermark = this.watermarks[i];
      if (watermark === MAX_WATERMARK) continue;
      unfinished++;
      if (this.idle[i] === 1) {
        if (watermark > idleMaximum) idleMaximum = watermark;
        continue;
      }
      active++;
      if (this.aligned[i] === 1 && watermark < minimum) minimum = watermark;
    }
    if (unfinished === 0) {
      this.outputIdle = false;
      return this.emit(MAX_WATERMARK);
    }
    if (active === 0) {
      this.outputIdle = true;
      return this.emit(idleMaximum);
    }
    // An unaligned active input (W2) neither holds back nor lifts; with none aligned nothing moves.
    return minimum === MAX_WATERMARK ? false : this.emit(minimum);
  }

  private emit(watermark: number): boolean {
    if (watermark <= this.output) return false;
    this.output = watermark;
    return true;
  }
}
