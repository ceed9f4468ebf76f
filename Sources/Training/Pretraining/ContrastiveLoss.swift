import LoRWeBTorch

/// How a router's encoder learns to see changes: the difference e(x′) − e(x) of a pair should lie by the change's name and by the
/// same change's differences on other pictures.
///
/// CLIP's own loss, pictures by captions, tells little about changes (a study found the task by nearest neighbour in 22 % with
/// it alone, in 53 % with differences by instructions), so it is one term of three here.
public struct ContrastiveLoss: Codable, Sendable, Equatable {
  /// Analogies in a batch; each has two pairs.
  public var analogies = 32
  /// Weight of differences by instructions.
  public var difference = 1.0
  /// Weight of differences by other pairs' differences.
  public var analogy = 1.0
  /// Weight of changed pictures by instructions.
  public var picture = 0.25
  /// Cosines are multiplied by it before the softmax.
  public var sharpness = 12.0
  /// Whether the text encoder learns; not to be once a base has learned from its vectors.
  public var text = true
  /// Pairs of the training set that held-out pairs are told by.
  public var neighbours = 2400

  public init() {}

  /// The loss of B analogies.
  ///
  /// - Parameters:
  ///   - before, after: embeddings of a and b, of a′ and b′, [2 B, D].
  ///   - texts: embeddings of the instructions, [B, D].
  ///   - same: [B, B] in fp32, 1 where two analogies show the same change.
  func callAsFunction(before: Tensor, after: Tensor, texts: Tensor, same: Tensor) -> Tensor {
    let pairs = same.repeated([2, 2])
    let differences = (after - before).normalised()
    let texts = texts.normalised()
    let others = pairs - Tensor.arange(to: Double(pairs.size(0))).diagonal()
    return agreement(differences.mm(texts.transposed()), same.repeated([2, 1])) * difference
      + agreement(after.normalised().mm(texts.transposed()), same.repeated([2, 1])) * picture
      + crossEntropy(differences.mm(differences.transposed()) * sharpness - (pairs - others) * 1e4, others) * analogy
  }

  private func agreement(_ cosines: Tensor, _ same: Tensor) -> Tensor {
    let logits = cosines * sharpness
    return (crossEntropy(logits, same) + crossEntropy(logits.transposed(), same.transposed())) / 2
  }

  /// Mean cross entropy of each row's softmax with the row of `positives` made a distribution.
  private func crossEntropy(_ logits: Tensor, _ positives: Tensor) -> Tensor {
    let wanted = positives / positives.sum(over: [1], keeping: true).clamped(1, nil)
    return -(logits.logSoftmax() * wanted).sum(over: [1]).mean()
  }
}

extension Tensor {
  /// Rows [n, D] at length one.
  func normalised() -> Tensor { self / (power(2).sum(over: [-1], keeping: true) + 1e-12).squareRoot() }

  /// The identity of as many rows as this vector has entries.
  fileprivate func diagonal() -> Tensor { unsqueezed(0).isEqual(to: unsqueezed(1)).to(.float32) }
}
