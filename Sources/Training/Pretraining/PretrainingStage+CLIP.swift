import Foundation
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

extension PretrainingStage {
  /// Changes to directions: the image encoder that the router sees by, and the text encoder of the same space.
  ///
  /// `task` is the share of held-out pairs whose nearest neighbour among training pairs, by cosine of e(x′) − e(x), is of the same
  /// task; `length` the mean length of an embedding, which nothing in the loss fixes but the router's start depends on.
  ///
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
