import Foundation
import LoRWeBFiles

/// Why a picture could not be read, made or written; the description is one sentence for the user.
public enum PicturesError: ExplainedError {
  /// A width or height that is not positive, or a product no array can hold.
  case badSize(PictureSize)
  /// A plane whose number of samples doesn't belong to the picture's size.
  case sampleCount(size: PictureSize, plane: String, expected: Int, found: Int)
  case cropOutside(PictureRectangle, size: PictureSize)
  case wrongSize(what: String, expected: PictureSize, found: PictureSize)
  case noCanvas(reason: String)
  case badDetailTransfer(reason: String)
  case unreadable(file: String, reason: String)
  case refusedFormat(file: String, format: String, advice: String)
  case unknownFormat(file: String, found: String)
  /// A file that begins as a picture and breaks off or contradicts itself.
  case damaged(file: String, format: String, reason: String)
  case tooManyPixels(file: String, size: PictureSize, limit: Int)
  case notEncodable(file: String, format: String, reason: String)
  /// A file that could not be written; what stood there before is untouched.
  case unwritable(file: String, reason: String)

  public var description: String {
    switch self {
    case .badSize(let size):
      "A picture of \(size) pixels can't be made: both sides must be at least 1 and the picture must fit into memory."
    case .sampleCount(let size, let plane, let expected, let found):
      "The \(plane) plane of a \(size) picture must have \(expected) samples but has \(found)."
    case .cropOutside(let rectangle, let size):
      "A rectangle of \(rectangle.size) pixels at (\(rectangle.x), \(rectangle.y)) doesn't lie inside a picture of \(size)."
    case .wrongSize(let what, let expected, let found): "\(what) must be \(expected) pixels but is \(found)."
    case .noCanvas(let reason): "No canvas can be laid out: \(reason)."
    case .badDetailTransfer(let reason): "Details can't be carried over: \(reason)."
    case .unreadable(let file, let reason): "\(file) can't be read: \(reason)."
    case .refusedFormat(let file, let format, let advice): "\(file) is \(format), which is not read here; \(advice)."
    case .unknownFormat(let file, let found):
      "\(file) is not a picture that can be read (\(found)); PNG, JPEG and WebP files are."
    case .damaged(let file, let format, let reason):
      "\(file) is a damaged or incomplete \(format) file (\(reason)); copy or export it again."
    case .tooManyPixels(let file, let size, let limit):
      "\(file) has \(size) pixels, more than the limit of \(limit); shrink the picture or raise the limit."
    case .notEncodable(let file, let format, let reason): "\(file) can't be written as \(format): \(reason)."
    case .unwritable(let file, let reason): "\(file) can't be written: \(reason)."
    }
  }
}
