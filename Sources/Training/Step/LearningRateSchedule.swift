import Foundation
import LoRWeBModels

/// How the learning rate changes over a run: a warm-up, then constant, or down to a share of it.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
  public enum Kind: String, NamedChoice { case constant, cosine, linear }

  public var kind: Kind
  /// Steps over which the rate rises evenly from zero; the first step already has a part of it.
  public var warmUp: Int
  /// Share of the rate left at the last step, unused by `constant`; share of steps before it begins to fall, with the warm-up.
  public var final, flat: Double

  public init(kind: Kind = .constant, warmUp: Int = 0, final: Double = 0, flat: Double = 0) {
    (self.kind, self.warmUp, self.final, self.flat) = (kind, warmUp, final, flat)
  }

  /// The factor on the learning rate of step `step` (0 is the first) of `steps`.
  public func factor(_ step: Int, of steps: Int) -> Double {
    if step < warmUp { return Double(step + 1) / Double(warmUp) }
    let start = max(warmUp, Int(flat * Double(steps)))
    let progress = min(max(Double(step - start), 0) / Double(max(steps - start - 1, 1)), 1)
    return switch kind {
    case .constant: 1
    case .cosine: final + (1 - final) * (1 + cos(.pi * progress)) / 2
    case .linear: final + (1 - final) * (1 - progress)
    }
  }
}
