import LoRWeBModels
import LoRWeBTorch

/// Walks noise to a latent picture, one step a call. Pure computing: whoever pulls decides when to show, stop or go on.
public struct Denoiser {
  private let transformer: FluxTransformer
  private let schedule: FlowSchedule
  private let groups: [TokenGroup]
  private let text: Tensor
  private let modulations: Modulations
  private let rotary: RotaryTable
  private let solver: FlowSolver
  /// Keys and values of text and context, where they are computed every `period` steps only; where in the sequence the noise's
  /// tokens lie, and their own table.
  private let kept: (keys: KeptKeys, period: Int, noisy: Range<Int>, rotary: RotaryTable)?
  private let run: BlockRunner

  /// The next step's number, from 0.
  public private(set) var index = 0
  /// Target tokens [B, L, C] as they are now.
  public private(set) var sample: Tensor
  /// The last predicted velocity, nil before the first step.
  public private(set) var velocity: Tensor?

  /// - Parameters:
  ///   - noise: target tokens at the start, [B, L, C], with their positions [L, 3].
  ///   - context: clean groups the target attends to.
  ///   - text: T5 states [B, T, width].
  ///   - modulations: of all steps, made before by a modulator that needn't be in memory any more.
  ///   - keep: keys and values of text and context are computed every so many steps, and kept for those between; 1 for all.
  public init(
    _ transformer: FluxTransformer, schedule: FlowSchedule, noise: Tensor, positions: Tensor, context: [TokenGroup],
    text: Tensor, modulations: Modulations, solver: FlowSolver = .euler, keep: Int = 1, run: @escaping BlockRunner = runPlainly
  ) {
    (self.transformer, self.schedule, self.text, self.modulations, self.run) = (transformer, schedule, text, modulations, run)
    (self.solver, sample) = (solver, noise)
    groups = [TokenGroup(tokens: noise, positions: positions, isNoisy: true)] + context
    rotary = transformer.rotary(textLength: text.size(1), groups: groups)
    let noisy = text.size(1)..<text.size(1) + noise.size(1)
    kept =
      keep > 1
      ? (KeptKeys(.keeping(allBut: noisy)), keep, noisy, transformer.rotary(textLength: 0, groups: [groups[0]])) : nil
  }

  /// What the finished sample [B, L, C] will be if the last velocity holds: exact for a straight flow.
  public var estimate: () -> Tensor {
    let (sample, velocity, sigma) = (sample, velocity, Double(schedule.sigmas[index]))
    return { velocity.map { sample - $0 * sigma } ?? sample }
  }

  public var count: Int { schedule.count }

  /// Takes one step; false when none was left.
  public mutating func step() -> Bool {
    guard index < count, let predicted = predicted() else { return false }
    let direction = solver.direction(index, of: schedule, velocity: predicted, last: velocity)
    velocity = predicted
    sample = schedule.step(index, sample: sample, velocity: direction)
    index += 1
    return true
  }

  /// The velocity of this step, of all tokens or with keys and values of text and context from an earlier step.
  private func predicted() -> Tensor? {
    let isWhole = kept.map { index.isMultiple(of: $0.period) } ?? true
    if let kept { kept.keys.mode = isWhole ? .keeping(allBut: kept.noisy) : .using }
    var groups = isWhole ? groups : [groups[0]]
    groups[0].tokens = sample
    return transformer(
      groups, text: isWhole ? text : nil, modulation: modulations.step(index),
      rotary: isWhole ? rotary : kept?.rotary ?? rotary, kept: kept?.keys, run: run
    ).first
  }
}

extension FluxModulator {
  /// Modulations of all of a schedule's steps, for noise [B, ...], guidance as the user says it and CLIP's text vectors [B, P].
  public func callAsFunction(_ schedule: FlowSchedule, like noise: Tensor, guidance: Double, pooled: Tensor) -> Modulations {
    // As the pipeline does: the timestep in the model's type, then divided by 1000.
    let times = Tensor(schedule.timesteps, shape: [1, schedule.count]).to(device: noise.device, dtype: noise.dtype) / 1000
    return self(
      timesteps: times.expanded([noise.size(0), schedule.count]),
      guidance: Tensor.full([noise.size(0)], guidance, device: noise.device), pooled: pooled)
  }
}
