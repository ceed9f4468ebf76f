import LoRWeBPictures
import LoRWeBTorch

/// From pictures to one vector each, the query's parts: CLIP, SigLIP or SigLIP2.
public protocol ImageEncoder {
  var width: Int { get }

  /// Embeddings [n, width], not of unit length, of prepared pictures.
  /// - Throws: `ModelError.badInput` for pictures that were prepared for another encoder; `TorchError`.
  func embeddings(of input: EncoderInput) throws -> Tensor
}

extension ImageEncoder {
  /// The same of pictures of any size, in their order; throws also `PicturesError` for those that can't be resized so.
  public func embeddings(of pictures: [Picture], preparedBy preprocessor: ImagePreprocessor) throws -> Tensor {
    try embeddings(of: preprocessor(pictures))
  }
}

/// Pictures as an encoder takes them.
public enum EncoderInput {
  /// All of one size, normalised, [n, 3, H, W].
  case pixels(Tensor)
  /// Each of its own shape, cut into patches.
  case patches(PatchBatch)

  func pixels(for model: String) throws -> Tensor {
    guard case .pixels(let pixels) = self else {
      throw ModelError.badInput(
        "The \(model) takes pictures of one size, but preprocessor_config.json cuts them into patches of any shape "
          + "(Siglip2ImageProcessor); use the file that belongs to the encoder.")
    }
    return pixels
  }

  func patches(for model: String) throws -> PatchBatch {
    guard case .patches(let batch) = self else {
      throw ModelError.badInput(
        "The \(model) takes pictures cut into patches of any shape (Siglip2ImageProcessor), but preprocessor_config.json makes "
          + "pictures of one size; use the file that belongs to the encoder.")
    }
    return batch
  }
}

/// Pictures of different shapes cut into patches, padded with zeros to one length.
public struct PatchBatch {
  /// Patches row by row, each as its pixels row by row, [n, L, patch · patch · 3].
  public let pixels: Tensor
  /// How many patches each picture has.
  public let grids: [PatchGrid]

  public init(pixels: Tensor, grids: [PatchGrid]) { (self.pixels, self.grids) = (pixels, grids) }
}
