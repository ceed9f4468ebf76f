extension Tensor {
  public func sum() -> Tensor { Op.sum(.tensor(self)) }
  public func sum(over dimensions: [Int], keeping: Bool = false) -> Tensor {
    Op.sumOver(.tensor(self), .ints(dimensions), .bool(keeping))
  }
  public func mean() -> Tensor { Op.mean(.tensor(self)) }
  public func mean(over dimensions: [Int], keeping: Bool = false) -> Tensor {
    Op.meanOver(.tensor(self), .ints(dimensions), .bool(keeping))
  }
  /// Population variance unless a correction is given.
  public func variance(over dimensions: [Int], correction: Double = 0, keeping: Bool = false) -> Tensor {
    Op.variance(.tensor(self), .ints(dimensions), .double(correction), .bool(keeping))
  }
  public func maximum(over dimensions: [Int] = [], keeping: Bool = false) -> Tensor {
    Op.maximumOver(.tensor(self), .ints(dimensions), .bool(keeping))
  }
  /// Index of the first largest entry.
  public func indexOfMaximum(along dimension: Int) -> Tensor { Op.argmax(.tensor(self), .int(dimension)) }
  public func softmax(along dimension: Int = -1) -> Tensor { Op.softmax(.tensor(self), .int(dimension)) }
  public func logSoftmax(along dimension: Int = -1) -> Tensor { Op.logSoftmax(.tensor(self), .int(dimension)) }
  /// Euclidean norm of all elements.
  public func norm() -> Tensor { Op.vectorNorm(.tensor(self)) }
  /// Largest absolute difference to a tensor of the same shape, as a number; zero between tensors without elements.
  public func distance(to other: Tensor) -> Double {
    guard shape == other.shape else {
      ErrorBox.record(TorchError("distance: shapes \(shape) and \(other.shape)"))
      return .nan
    }
    return count == 0 && isDefined ? 0 : (to(.float64) - other.to(.float64)).magnitude().maximum().item()
  }
}
