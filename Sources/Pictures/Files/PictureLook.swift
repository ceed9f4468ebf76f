import Foundation

/// What a file looks like to someone who searches a folder for pictures, by its content; by its ending where that says nothing.
public enum PictureLook: Equatable, Sendable {
  /// To be opened as a picture: a PNG, JPEG or WebP by its first bytes or by its ending, be it a broken one.
  case readable
  /// A picture in a format that isn't read.
  case foreign
  case other

  /// Endings of formats that are read.
  private static let readableEndings: Set<String> = ["png", "jpg", "jpeg", "jpe", "jfif", "jif", "webp", "apng"]
  /// Endings of picture formats that aren't: many have no bytes that tell them, or tell them by bytes we don't know.
  private static let foreignEndings: Set<String> = [
    "heic", "heif", "hif", "avif", "tif", "tiff", "gif", "bmp", "dib", "jp2", "j2k", "jpf", "jpx", "jxl", "jxr", "wdp", "hdp",
    "tga", "icb", "vda", "vst", "psd", "psb", "xcf", "kra", "svg", "svgz", "eps", "ico", "cur", "icns", "pcx", "pict", "pct",
    "sgi", "rgb", "dds", "exr", "hdr", "qoi", "pbm", "pgm", "ppm", "pnm", "pam", "pfm", "xbm", "xpm", "ras", "bpg", "flif",
    "mpo", "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf", "orf", "rw2", "rwl", "raf", "pef", "srw", "x3f",
    "3fr", "fff", "iiq", "erf", "mef", "mos", "mrw", "kdc", "dcr", "gpr", "raw",
  ]
  /// Formats that are recognised to be refused and aren't pictures to someone who searches for some.
  private static let notPictures: Set<String> = ["a video", "a PDF document"]

  /// Looks at a file's ending, then at its first bytes; one that can't be opened is told by its ending.
  public init(_ url: URL) {
    let ending = url.pathExtension.lowercased()
    guard !Self.readableEndings.contains(ending) else {
      self = .readable
      return
    }
    do {
      let head = try PictureFile.length(ofOrdinary: url) == nil ? Data() : PictureFile.head(of: url)
      _ = try PictureFormat(recognising: head, file: url.lastPathComponent)
      self = .readable
    } catch PicturesError.refusedFormat(_, let format, _) where !Self.notPictures.contains(format) {
      self = .foreign
    } catch {
      self = Self.foreignEndings.contains(ending) ? .foreign : .other
    }
  }

  /// A file's name without its ending. A number, or a word longer than endings are, is no ending but a part of the name.
  public static func stem(_ file: String) -> String {
    let ending = (file as NSString).pathExtension
    guard (1...5).contains(ending.count), ending.contains(where: \.isLetter) else { return file }
    return (file as NSString).deletingPathExtension
  }
}
