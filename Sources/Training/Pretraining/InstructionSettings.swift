import LoRWeBModels

/// How a transformer and its T5 learn to edit by instruction (docs/pretrain.md).
public struct InstructionSettings: Codable, Sendable, Equatable {
  /// Where training begins.
  public enum Start: String, NamedChoice {
    /// The weights of the folder that is gone on from.
    case given
    /// Those of `CopyStart`, T5 at random.
    case copy
  }

  public var start = Start.given
  /// Pairs in a batch: the picture before is the context, the one after the target.
  public var singles = 32
  /// Pairs in a batch over the first `firstShare` of the steps, when many steps teach more than large ones.
  public var firstSingles = 16
  /// Share of the steps that count as first.
  public var firstShare = 0.4
  /// Canvases [a a′; b b′] in a batch.
  public var canvases = 4
  /// Share of the steps that are canvases, from `canvasesFrom` of the steps on.
  public var canvasShare = 0.25
  public var canvasesFrom = 0.2
  /// Share of samples with an empty instruction, whose target is the context: what a basis starts from.
  public var identity = 0.06
  public var noise = NoiseLevels(kind: .logitNormal, atPureNoise: 0.4, mean: 2, deviation: 1.2)
  /// Noise of the steps from `lateFrom` on.
  public var lateNoise = NoiseLevels(kind: .logitNormal, atPureNoise: 0.2, mean: 0.9, deviation: 1.1)
  public var lateFrom = 0.7
  public var loss = FlowLoss(weighting: .none, outside: 0.3, changed: 4)
  /// The model is told a guidance drawn evenly from 1 to this.
  public var guidance = 4.0
  /// Pairs that are measured on.
  public var measured = 360

  public init() {}

  /// The names that users write.
  private enum CodingKeys: String, CodingKey {
    case start, singles, canvases, canvasShare, canvasesFrom, identity, noise, lateNoise, lateFrom, loss, guidance, measured
    case firstSingles = "singlesAtFirst"
    case firstShare = "few"
  }

  /// What a step is made of, as a function of its number alone.
  struct Draw: Equatable {
    let isCanvas: Bool
    /// Where its samples begin in the order of pairs, or of analogies for canvases, and how many they are.
    let start, count: Int
  }

  /// - Parameter steps: of the whole run.
  func draw(_ step: Int, of steps: Int) -> Draw {
    let before = canvasSteps(before: step, of: steps)
    if canvasSteps(before: step + 1, of: steps) > before {
      return Draw(isCanvas: true, start: before * canvases, count: canvases)
    }
    let turn = Int(firstShare * Double(steps))
    let first = singleSteps(before: min(step, turn), of: steps)
    let later = singleSteps(before: step, of: steps) - first
    return Draw(
      isCanvas: false, start: first * firstSingles + later * singles, count: step < turn ? firstSingles : singles)
  }

  private func canvasSteps(before step: Int, of steps: Int) -> Int {
    Int(Double(max(step - Int(canvasesFrom * Double(steps)), 0)) * canvasShare)
  }

  private func singleSteps(before step: Int, of steps: Int) -> Int { step - canvasSteps(before: step, of: steps) }
}
