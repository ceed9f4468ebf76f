import Foundation
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

/// How a router's encoder learns to see changes: the difference e(x′) − e(x) of a pair should lie by the change's name and by the
/// same change's differences on other pictures.
///
/// CLIP's own loss, pictures by captions, tells little about changes (a study found the task by nearest neighbour in 22 % with
/// it alone, in 53 % with differences by instructions), so it is one term of three here.
public struct ContrastiveLoss: Codable, Sendable, Equatable {
  /// Analogies in a batch, each of two pairs; pairs of the training set that held-out pairs are told by.
  public var (analogies, neighbours) = (32, 2400)
  /// Weights of differences by instructions, of differences by other pairs' differences, of changed pictures by instructions.
  public var (difference, analogy, picture) = (1.0, 1.0, 0.25)
  /// Cosines are multiplied by it before the softmax.
  public var sharpness = 12.0
  /// Whether the text encoder learns; not to be once a base has learned from its vectors.
  public var text = true

  public init() {}

  /// The loss of B analogies.
  /// - Parameters:
  ///   - before, after: embeddings of a and b, of a′ and b′, [2 B, D].
  ///   - texts: embeddings of the instructions, [B, D].
  ///   - same: [B, B] in fp32, 1 where two analogies show the same change.
  func callAsFunction(before: Tensor, after: Tensor, texts: Tensor, same: Tensor) -> Tensor {
    let pairs = same.repeated([2, 2])
    let differences = (after - before).normalised()
    let texts = texts.normalised()
    let places = Tensor.arange(to: Double(pairs.size(0)))
    let others = pairs - places.unsqueezed(0).isEqual(to: places.unsqueezed(1)).to(.float32)
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
}

extension PretrainingStage {
  /// Changes to directions: the image encoder that the router sees by, and the text encoder of the same space.
  ///
  /// `task` is the share of held-out pairs whose nearest neighbour among training pairs, by cosine of e(x′) − e(x), is of the same
  /// task; `length` the mean length of an embedding, which nothing in the loss fixes but the router's start depends on.
  /// - Parameter validation: analogies of pictures that aren't learned from.
  /// - Throws: `TorchError`; what reading a picture throws.
  public static func clip(
    _ towers: CLIPTowers, set: AnalogySet, validation: AnalogySet, config: PretrainingConfig
  ) throws -> PretrainingStage {
    let settings = config.clip
    let quadruples = set.quadruples()
    let order = ShuffledOrder(count: quadruples.count, seed: config.seed)
    let known = (0..<min(settings.neighbours, quadruples.count)).map { quadruples[order[$0]] }
    let heldOut = Array(validation.quadruples())
    let text = settings.text ? TrainedTensor.all(of: towers.textRegistry) : []
    return PretrainingStage(
      trained: TrainedTensor.all(of: towers.vision.registry) + text,
      accumulate: { step, _ in
        let drawn = (0..<settings.analogies).map { quadruples[order[step * settings.analogies + $0]] }
        let pictures = try drawn.map { try $0.pictures() }
        let images = try towers.embeddings(of: [0, 2, 1, 3].flatMap { place in pictures.map { $0[place] } })
        let texts =
          try settings.text
          ? towers.embeddings(of: drawn.map(\.instruction)) : noGrad { try towers.embeddings(of: drawn.map(\.instruction)) }
        let same = drawn.map { one in drawn.map { Float($0.task == one.task && $0.instruction == one.instruction ? 1 : 0) } }
        let count = 2 * drawn.count
        let loss = settings(
          before: images.narrowed(0, from: 0, count: count), after: images.narrowed(0, from: count, count: count), texts: texts,
          same: Tensor(Array(same.joined()), shape: [drawn.count, drawn.count]).to(images.device))
        loss.backward()
        return loss
      },
      measure: {
        try noGrad {
          let reference = try towers.differences(of: known.map { ($0.a, $0.aPrime) })
          let asked = try towers.differences(of: heldOut.map { ($0.b, $0.bPrime) })
          let nearest = asked.directions.mm(reference.directions.transposed()).indexOfMaximum(along: 1).array(of: Int.self)
          let right = zip(nearest, heldOut).count { known[$0].task == $1.task }
          return ["task": Double(right) / Double(heldOut.count), "length": asked.length]
        }
      })
  }
}

extension CLIPTowers {
  /// Directions of pairs' differences [n, D], of length one, and the mean length of the embeddings of what they lead to.
  fileprivate func differences(of pairs: [(PictureSource, PictureSource)]) throws -> (directions: Tensor, length: Double) {
    var (directions, lengths): ([Tensor], [Tensor]) = ([], [])
    for start in stride(from: 0, to: pairs.count, by: 64) {
      let some = pairs[start..<min(start + 64, pairs.count)]
      let before = try embeddings(of: some.map { try $0.0.picture() })
      let after = try embeddings(of: some.map { try $0.1.picture() })
      directions.append((after - before).normalised())
      lengths.append(after.power(2).sum(over: [1]).squareRoot())
    }
    return (concatenated(directions, along: 0), concatenated(lengths, along: 0).mean().item())
  }
}
