import LoRWeBTorch

/// Exponential moving averages of trained tensors.
final class MovingAverage {
  private let decay: Double
  var tensors: [String: Tensor]

  init(_ trained: [TrainedTensor], decay: Double) {
    self.decay = decay
    tensors = Dictionary(uniqueKeysWithValues: trained.map { ($0.name, $0.tensor.detach().clone()) })
  }

  /// average · decay + tensor · (1 − decay)
  func update(_ trained: [TrainedTensor]) {
    noGrad { for one in trained { tensors[one.name]?.multiplyInPlace(decay).addInPlace(one.tensor, times: 1 - decay) } }
  }
}
