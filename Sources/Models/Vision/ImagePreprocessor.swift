import Foundation
import LoRWeBPictures
import LoRWeBTorch

/// From pictures to an encoder's input as preprocessor_config.json says: resize, crop, rescale, normalise.
///
/// Equal to transformers' CLIPImageProcessor, SiglipImageProcessor and Siglip2ImageProcessor, which resize 8-bit pictures with
/// Pillow. Their `…Fast` forms have the same settings but resize with torchvision; files that name one are read as the plain form.
public struct ImagePreprocessor: Sendable, Equatable {
  /// How pictures get their size.
  enum Resize: Equatable {
    /// The shorter side to this many pixels, the other in proportion, rounded down.
    case shortestEdge(Int)
    /// Stretched, whatever the proportions were.
    case exactly(PictureSize)
    /// As large as so many patches of that size allow, each side a multiple of a patch.
    case patches(size: Int, most: Int)
  }

  /// Subtracted from and then divided out of each colour.
  struct Normalisation: Equatable {
    let mean, deviation: [Double]
  }

  var resize: Resize?
  var filter: ResamplingFilter
  /// Cut from the middle; smaller pictures are framed in black.
  var crop: PictureSize?
  /// Multiplies levels of 0 to 255.
  var scale: Double?
  var normalisation: Normalisation?

  /// Prepares pictures; transparent ones are laid on white.
  /// - Throws: `PicturesError` for pictures that can't be resized so, `ModelError.badInput` if sizes differ at the end; `TorchError`.
  public func callAsFunction(_ pictures: [Picture]) throws -> EncoderInput {
    guard !pictures.isEmpty else { throw ModelError.badInput("There are no pictures to prepare for the image encoder.") }
    if case .patches(let size, let most) = resize { return .patches(try patches(pictures, size: size, most: most)) }
    let sized = try pictures.map(resizedAndCropped)
    if let other = sized.first(where: { $0.size != sized[0].size }) {
      throw ModelError.badInput(
        "Pictures of \(sized[0].size) and \(other.size) pixels can't go through the image encoder together: "
          + "preprocessor_config.json neither resizes nor crops them to one size.")
    }
    return .pixels(try withTorchErrors { stacked(sized.map { normalised($0).permuted([2, 0, 1]) }) })
  }

  private func resizedAndCropped(_ picture: Picture) throws -> Picture {
    var picture = picture.composited(on: .white)
    if let size = targetSize(for: picture.size) { picture = try picture.resized(to: size, filter: filter) }
    return try crop.map(picture.cutFromMiddle) ?? picture
  }

  func targetSize(for size: PictureSize) -> PictureSize? {
    switch resize {
    case nil: return nil
    case .exactly(let target): return target
    case .shortestEdge(let edge):
      let (short, long) = (min(size.width, size.height), max(size.width, size.height))
      let other = edge * long / short
      return size.width <= size.height ? PictureSize(width: edge, height: other) : PictureSize(width: other, height: edge)
    case .patches(let patch, let most): return PatchGrid(filling: most, patch: patch, size: size).pixels(patch: patch)
    }
  }

  /// [H, W, 3] in fp32; the product in fp64, as numpy does it.
  private func normalised(_ picture: Picture) -> Tensor {
    let levels = Tensor(samples: picture)
    let values = scale.map { (levels.to(.float64) * $0).to(.float32) } ?? levels.to(.float32)
    guard let normalisation else { return values }
    return (values - Tensor(normalisation.mean).to(.float32)) / Tensor(normalisation.deviation).to(.float32)
  }

  private func patches(_ pictures: [Picture], size: Int, most: Int) throws -> PatchBatch {
    let prepared = try pictures.map { picture in
      let grid = PatchGrid(filling: most, patch: size, size: picture.size)
      guard grid.count <= most else {
        throw ModelError.badInput("A picture of \(picture.size) pixels is too long and narrow for max_num_patches \(most).")
      }
      return (picture: try resizedAndCropped(picture), grid: grid)
    }
    return try withTorchErrors {
      let rows = prepared.map { picture, grid in
        normalised(picture).reshaped([grid.rows, size, grid.columns, size, 3])
          .permuted([0, 2, 1, 3, 4])
          .reshaped([grid.count, size * size * 3])
          .padded([0, 0, 0, most - grid.count])
      }
      return PatchBatch(pixels: stacked(rows), grids: prepared.map(\.grid))
    }
  }
}

extension Picture {
  /// A rectangle from the middle, rounded towards the upper left; what lies outside the picture is black.
  func cutFromMiddle(_ size: PictureSize) throws -> Picture {
    // A shift and not a division: it rounds down for negative numbers too, as transformers does.
    let (left, top) = ((width - size.width) >> 1, (height - size.height) >> 1)
    let columns = max(0, left)..<min(width, left + size.width)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * Picture.channels)
    for row in max(0, top)..<min(height, top + size.height) {
      let source = (row * width + columns.lowerBound) * Picture.channels
      let target = ((row - top) * size.width + columns.lowerBound - left) * Picture.channels
      let length = columns.count * Picture.channels
      pixels.replaceSubrange(target..<target + length, with: self.pixels[source..<source + length])
    }
    return try Picture(width: size.width, height: size.height, pixels: pixels)
  }
}
