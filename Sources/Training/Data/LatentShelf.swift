import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The latents of all pictures of a set, each encoded once by itself, on disk in a few large files that are read as they lie.
///
/// A canvas is put together out of its quarters' latents. That differs from encoding the canvas near the seams alone, and a set's
/// pictures need a quarter of the work and space that their canvases would.
public final class LatentShelf {
  /// Analogies in one file.
  private static let filed = 1000

  public let quadruples: AnalogyQuadruples
  /// Tokens of one picture: rows and columns.
  public let rows, columns: Int
  /// [4 · analogies, rows · columns, channels] in fp16, scaled as the transformer takes them; a, a′, b, b′ of each analogy.
  private let files: [Tensor]

  /// Encodes what isn't in the folder yet.
  ///
  /// - Parameters:
  ///   - side: pixels a side of each picture; others are resized.
  ///   - folder: where the files lie; they are told by the autoencoder's weights, the side and the set's pictures.
  ///   - progress: told how many of how many analogies are done.
  /// - Throws: `AnalogySetError.noRoom` before anything is encoded; what reading pictures, encoding and writing throw; what
  ///   `progress` throws.
  public init(
    _ set: AnalogySet, of origin: ModelFolder, side: Int, in folder: URL, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let quadruples = set.quadruples()
    self.quadruples = quadruples
    let config: AutoencoderConfig = try origin.config(.vae)
    let identity = try EncoderIdentity(folders: [origin.folder(.vae)], settings: ["bf16", "\(side)"])
    let place = folder.appending(path: "latents", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let encoder = try load(from: origin.weights(.vae), dtype: .bfloat16) { try AutoencoderKL($0, config: config) }
    let tokens = side / (2 * encoder.spatialFactor)
    (rows, columns) = (tokens, tokens)
    let parts = stride(from: 0, to: quadruples.count, by: Self.filed).map { start in
      let some = quadruples[start..<min(start + Self.filed, quadruples.count)]
      return Part(
        start: start, quadruples: some, file: place.appending(path: "\(Self.key(identity, some)).safetensors"),
        shape: [4 * some.count, tokens * tokens, 4 * config.latentChannels])
    }
    let missing = parts.filter { !$0.isThere }
    let bytes = missing.reduce(0) { $0 + $1.shape.reduce(DType.float16.size, *) }
    if let free = DiskSpace.free(in: place), bytes > free {
      throw AnalogySetError.noRoom(folder: place.path(percentEncoded: false), needed: bytes, free: free)
    }
    for part in missing {
      try part.write(side: side, by: encoder) { try progress(part.start + $0, quadruples.count) }
    }
    files = try parts.map {
      try CheckpointSource($0.file).tensor(WeightRequest(name: "latents", shape: $0.shape, initial: .zeros))
    }
    Engine.trimMemory()
  }

  /// Analogies whose latents are one file.
  private struct Part {
    let start: Int
    let quadruples: Slice<AnalogyQuadruples>
    let file: URL
    let shape: [Int]

    var isThere: Bool { FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) }

    func write(side: Int, by encoder: AutoencoderKL, progress: (Int) throws -> Void) throws {
      let latents = try quadruples.enumerated().map { index, quadruple in
        if index.isMultiple(of: 16) { try progress(index) }
        let pictures = try quadruple.pictures().map { picture in
          try picture.composited().resized(to: PictureSize(width: side, height: side))
        }
        return try withTorchErrors { try noGrad { try encoder.packed(pictures) } }
      }
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      writer.add("latents", try withTorchErrors { concatenated(latents, along: 0) })
      try writer.write(to: file)
    }
  }

  /// What tells a file from others: the encoder, and each picture's file as it was last written.
  private static func key(_ identity: EncoderIdentity, _ some: Slice<AnalogyQuadruples>) -> String {
    let pictures = some.flatMap { quadruple in
      quadruple.sources.map { source in
        let values = try? source.url.resourceValues(forKeys: [.fileSizeKey, .contentModificationDateKey])
        let date = values?.contentModificationDate?.timeIntervalSince1970 ?? 0
        return "\(source.url.path(percentEncoded: false)) \(source.slice.index) \(values?.fileSize ?? 0) \(date)"
      }
    }
    return ContentDigest(of: [identity.digest.hex] + pictures).hex
  }

  /// Latents [n, rows · columns, channels] in fp32 of pictures, each an analogy's place and 0 to 3 for a, a′, b, b′.
  func latents(_ pictures: [(analogy: Int, picture: Int)]) -> Tensor {
    stacked(
      pictures.map { one in
        let (file, place) = one.analogy.quotientAndRemainder(dividingBy: Self.filed)
        return files[file].selected(0, 4 * place + one.picture)
      }
    ).to(.float32)
  }

  /// A batch of analogies by their places: canvases, or b alone with b′ for a target.
  ///
  /// - Parameter unchanged: which of them are to be left as they are; none if left out.
  func batch(
    _ places: [Int], isCanvas: Bool, unchanged: [Bool]? = nil, text: Tensor, pooled: Tensor, query: Tensor
  ) -> TrainingBatch {
    func pictures(_ picture: Int) -> Tensor { latents(places.map { (analogy: $0, picture: picture) }) }
    let b = pictures(2)
    let unchanged = unchanged ?? places.map { _ in false }
    let bPrime = latents(zip(places, unchanged).map { (analogy: $0, picture: $1 ? 2 : 3) })
    guard isCanvas else {
      return TrainingBatch(
        target: bPrime, context: b, rows: rows, columns: columns, edited: .whole, text: text, pooled: pooled, query: query)
    }
    let (a, aPrime) = (pictures(0), pictures(1))
    return TrainingBatch(
      target: canvas([a, aPrime, b, bPrime]), context: canvas([a, aPrime, b, b]), rows: 2 * rows, columns: 2 * columns,
      edited: .lowerRight, text: text, pooled: pooled, query: query)
  }

  /// Canvases' latents out of four pictures' each, in the order upper left, upper right, lower left, lower right.
  private func canvas(_ quarters: [Tensor]) -> Tensor {
    let parts = quarters.map { $0.reshaped([$0.size(0), rows, columns, $0.size(2)]) }
    let halves = [concatenated([parts[0], parts[1]], along: 2), concatenated([parts[2], parts[3]], along: 2)]
    return concatenated(halves, along: 1).flattened(from: 1, to: 2)
  }
}

extension AutoencoderKL {
  /// Scaled and packed likeliest latents of pictures, in fp16.
  fileprivate func packed(_ pictures: [Picture]) throws -> Tensor {
    let x = concatenated(pictures.map { .signed($0) }, along: 0).to(.bfloat16).contiguous(.channelsLast)
    return LatentPacking.pack(scaled(try encode(x).mode.to(.float32).contiguous())).to(.float16)
  }
}
