import LoRWeBTorch
import Testing

@Suite("Reducing")
struct ReducingTests {
  /// 1 5 3 / 4 2 6
  private let m = doubles([1, 5, 3, 4, 2, 6], [2, 3])

  @Test("Sums, means, variances, extremes over all or some dimensions")
  func reducing() throws {
    try withTorchErrors {
      #expect(m.sum().item() == 21 && m.sum().shape == [])
      expect(m.sum(over: [1]), [9, 12])
      expect(m.sum(over: [0], keeping: true), [5, 7, 9], shape: [1, 3])
      #expect(m.mean().item() == 3.5)
      expect(m.mean(over: [-1]), [3, 4])
      expect(m.variance(over: [1]), [8.0 / 3, 8.0 / 3])
      expect(m.variance(over: [1], correction: 1, keeping: true), [4, 4], shape: [2, 1])
      #expect(m.maximum().item() == 6)
      expect(m.maximum(over: [0]), [4, 5, 6])
      expect(m.indexOfMaximum(along: 1), [1, 2])
      #expect(abs(doubles([3, 4]).norm().item() - 5) < 1e-12)
    }
  }

  @Test("Softmaxes")
  func along() throws {
    try withTorchErrors {
      let odds = doubles([0, 0.6931471805599453])
      expect(odds.softmax(), [1.0 / 3, 2.0 / 3])
      expect(odds.logSoftmax(along: 0).exp(), [1.0 / 3, 2.0 / 3])
    }
  }

  @Test("A distance is the largest difference, zero for nothing, not a number where one is, an error for other shapes")
  func distance() throws {
    try withTorchErrors {
      #expect(doubles([1, 2]).distance(to: doubles([1.5, 4])) == 2)
      #expect(Tensor([Float(1)]).distance(to: doubles([1])) == 0)
      #expect(Tensor.zeros([0, 3]).distance(to: Tensor.zeros([0, 3])) == 0)
      #expect(doubles([.nan]).distance(to: doubles([1])).isNaN)
    }
    #expect(throws: TorchError.self) { try withTorchErrors { _ = doubles([1, 1]).distance(to: doubles([1])) } }
  }
}
