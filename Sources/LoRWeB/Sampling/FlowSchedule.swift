import Foundation
import LoRWeBFiles
import LoRWeBTorch

/// `scheduler_config.json` of a diffusers folder: how noise levels are shifted (FlowMatchEulerDiscreteScheduler).
public struct FlowScheduleConfig: Codable, Sendable, Equatable {
  public var trainTimesteps = 1000
  /// Static shift, used where `usesDynamicShifting` is false.
  public var shift = 1.0
  public var usesDynamicShifting = false
  public var baseShift = 0.5
  public var maxShift = 1.15
  public var baseTokens = 256
  public var maxTokens = 4096
  /// `exponential` or `linear`.
  public var timeShiftType = "exponential"

  public init() {}

  enum CodingKeys: String, CodingKey {
    case trainTimesteps = "num_train_timesteps"
    case shift
    case usesDynamicShifting = "use_dynamic_shifting"
    case baseShift = "base_shift"
    case maxShift = "max_shift"
    case baseTokens = "base_image_seq_len"
    case maxTokens = "max_image_seq_len"
    case timeShiftType = "time_shift_type"
  }

  /// Settings of the same class that would change the schedule and that nothing of ours uses.
  private enum UnsupportedKeys: String, CodingKey, CaseIterable {
    case karras = "use_karras_sigmas"
    case exponential = "use_exponential_sigmas"
    case beta = "use_beta_sigmas"
    case inverted = "invert_sigmas"
    case stochastic = "stochastic_sampling"
    case terminal = "shift_terminal"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, _ fallback: Value) throws -> Value {
      try values.decodeIfPresent(Value.self, forKey: key) ?? fallback
    }
    trainTimesteps = try value(.trainTimesteps, trainTimesteps)
    shift = try value(.shift, shift)
    usesDynamicShifting = try value(.usesDynamicShifting, usesDynamicShifting)
    baseShift = try value(.baseShift, baseShift)
    maxShift = try value(.maxShift, maxShift)
    baseTokens = try value(.baseTokens, baseTokens)
    maxTokens = try value(.maxTokens, maxTokens)
    timeShiftType = try value(.timeShiftType, timeShiftType)
    guard trainTimesteps > 0, shift > 0, baseTokens >= 0, maxTokens > baseTokens,
      ["exponential", "linear"].contains(timeShiftType)
    else {
      throw ScheduleError(
        "The scheduler needs positive num_train_timesteps and shift, max_image_seq_len above base_image_seq_len from 0 on, "
          + "and time_shift_type exponential or linear.")
    }
    let others = try decoder.container(keyedBy: UnsupportedKeys.self)
    for key in UnsupportedKeys.allCases {
      let isOn = (try? others.decodeIfPresent(Bool.self, forKey: key)) == true
      guard !isOn, (try? others.decodeIfPresent(Double.self, forKey: key)) == nil else {
        throw ScheduleError("The scheduler's \(key.rawValue) is set, which this program doesn't do; remove it.")
      }
    }
  }
}

/// A schedule that can't be made.
public struct ScheduleError: ExplainedError {
  public let description: String

  init(_ description: String) { self.description = description }

  static func check(steps: Int) throws {
    guard (1...1000).contains(steps) else { throw ScheduleError("Steps must be from 1 to 1000, found \(steps).") }
  }
}

/// Noise levels of a flow-matching Euler sampler, from 1 (pure noise) down to 0, and its step.
public struct FlowSchedule: Sendable {
  /// steps + 1 levels; the last is 0.
  public let sigmas: [Float]
  /// What the reference calls timesteps: sigma times `num_train_timesteps`.
  public let timesteps: [Float]

  /// The log-shift for a number of *target* tokens: linear between the two anchors, unclamped (0.5 at 256, 1.15 at 4096).
  public static func mu(tokens: Int, config: FlowScheduleConfig) -> Double {
    let slope = (config.maxShift - config.baseShift) / Double(config.maxTokens - config.baseTokens)
    return Double(tokens) * slope + (config.baseShift - slope * Double(config.baseTokens))
  }

  /// Levels linspace(1, 1/steps, steps), shifted for that many target tokens (context tokens don't count).
  /// - Throws: `ScheduleError` outside 1 ... 1000, or if the shift makes levels no sampler can walk.
  public init(steps: Int, tokens: Int, config: FlowScheduleConfig) throws {
    try ScheduleError.check(steps: steps)
    let last = 1 / Double(steps)
    let even = (0..<steps).map { index in
      index == steps - 1 && steps > 1 ? Float(last) : Float(1 + Double(index) * (last - 1) / Double(max(steps - 1, 1)))
    }
    let mu = Self.mu(tokens: tokens, config: config)
    // NumPy's fp32: scalars are rounded first, then the array's arithmetic stays in fp32.
    let shifted = even.map { sigma -> Float in
      guard config.usesDynamicShifting else { return Float(config.shift) * sigma / (1 + Float(config.shift - 1) * sigma) }
      let factor = config.timeShiftType == "exponential" ? Float(exp(mu)) : Float(mu)
      return factor / (factor + (1 / sigma - 1))
    }
    guard shifted.allSatisfy({ (0...1).contains($0) }) else {
      throw ScheduleError(
        "The scheduler's shifts make noise levels outside 0 to 1 for \(tokens) tokens; check base_shift, max_shift and shift.")
    }
    sigmas = shifted + [0]
    timesteps = shifted.map { $0 * Float(config.trainTimesteps) }
  }

  public var count: Int { timesteps.count }

  /// One Euler step: the sample in fp32 plus Δσ · velocity, given back in the velocity's type. Δσ is a tensor, as in the
  /// reference: torch rounds it to the velocity's type before it multiplies.
  public func step(_ index: Int, sample: Tensor, velocity: Tensor) -> Tensor {
    let change = Tensor([sigmas[index + 1] - sigmas[index]], shape: []).to(velocity.device)
    return (sample.to(.float32) + change * velocity).to(velocity.dtype)
  }
}
