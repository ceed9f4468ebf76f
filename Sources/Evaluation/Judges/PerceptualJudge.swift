import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

extension Column {
  /// ST-LPIPS (AlexNet) to the true b′.
  public static let perceptualDistance = Column("st_lpips", name: "ST-LPIPS", better: .lower)
  /// 1 if the output is nearer to its own task's true b′ than to every other task's, else 0.
  public static let identification = Column("identification", name: "identified", better: .higher, isShare: true)
}

/// ST-LPIPS: how far an output is from the true b′, and whether it is told from what other tasks make of the same b.
public actor PerceptualJudge: Judge {
  static let all: [Column] = [.perceptualDistance, .identification]
  public nonisolated var columns: [Column] { Self.all }

  private let engine: Engine
  private let network: ShiftTolerantLPIPS
  public nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

  /// - Parameter network: on the engine's device.
  public init(_ network: sending ShiftTolerantLPIPS, engine: Engine = Engine()) {
    self.network = network
    self.engine = engine
  }

  /// With the weights that `make metrics` fetched.
  /// - Throws: as `MetricModels.perceptual`.
  public init(folder: URL = MetricModels.defaultFolder, engine: Engine = Engine()) throws {
    self.init(try MetricModels.perceptual(folder: folder, device: engine.device), engine: engine)
  }

  /// The network looks at the item's pictures once for all methods.
  /// - Throws: `ModelError` for pictures whose sizes differ or that are too small; `TorchError`.
  public func judge(_ outputs: [MethodOutput], of item: EvaluationItem) throws -> [Verdict] {
    let seen = try network.features(of: [item.bPrime, item.decodedAnswer ?? item.bPrime] + item.others)
    return try outputs.map { output in
      let distances = try network.distances(from: output.picture, to: seen)
      var verdict: Verdict = [.perceptualDistance: distances[0]]
      // A tie, as between two tasks that do the same to b, is not right.
      if !item.others.isEmpty { verdict[.identification] = distances.dropFirst(2).allSatisfy { distances[1] < $0 } ? 1 : 0 }
      return verdict
    }
  }
}
