import LoRWeBPictures

extension Column {
  /// Mean squared error to the true b′, levels 0 to 1.
  public static let squaredError = Column("mse", name: "MSE", better: .lower, digits: 4)
  /// In dB; left out for an output without any error, whose ratio is infinite.
  public static let signalToNoise = Column("psnr", name: "PSNR", better: .higher, digits: 1)
  /// SSIM to the true b′.
  public static let structure = Column("ssim", name: "SSIM", better: .higher)
  /// The three again on the pixels that the true edit changes.
  public static let changedSquaredError = Column("changed_mse", name: "MSE, changed", better: .lower, digits: 4)
  public static let changedSignalToNoise = Column("changed_psnr", name: "PSNR, changed", better: .higher, digits: 1)
  public static let changedStructure = Column("changed_ssim", name: "SSIM, changed", better: .higher)
}

/// Measures pictures against the true b′, pixel by pixel, without any network.
public struct PictureJudge: Judge {
  static let all: [Column] = [
    .squaredError, .signalToNoise, .structure, .changedSquaredError, .changedSignalToNoise, .changedStructure,
  ]
  public var columns: [Column] { Self.all }

  public init() {}

  /// - Throws: `EvaluationError.sizesDiffer` for an output that hasn't the true b′'s size, `.tooSmall` for SSIM's window.
  public func judge(_ outputs: [MethodOutput], of item: EvaluationItem) throws -> [Verdict] {
    let changed = try ChangedPixels(from: item.b, to: item.bPrime)
    let truth = try StructuralSimilarity.Truth(item.bPrime)
    return try outputs.map { output in
      try checkSameSize(output.method, output.picture, as: item.bPrime.size)
      let structure = try StructuralSimilarity(output.picture, truth)
      let error = try meanSquaredError(output.picture, to: item.bPrime)
      let changedError = try meanSquaredError(output.picture, to: item.bPrime, on: changed)
      let values: [Column: Double?] = [
        .squaredError: error, .signalToNoise: error.flatMap(peakSignalToNoise), .structure: structure.mean,
        .changedSquaredError: changedError, .changedSignalToNoise: changedError.flatMap(peakSignalToNoise),
        .changedStructure: try structure.mean(on: changed),
      ]
      return values.compactMapValues(\.self)
    }
  }
}
