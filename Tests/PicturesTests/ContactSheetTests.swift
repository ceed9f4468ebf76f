import LoRWeBPictures
import Testing

@Suite("Contact sheet")
struct ContactSheetTests {
  @Test("rows stand in order with white between them, narrow pictures centred")
  func layout() throws {
    func plain(_ width: Int, _ height: Int, _ color: RGB) throws -> Picture {
      try Picture(size: PictureSize(width: width, height: height), filledWith: color)
    }
    let (red, green, blue) = (RGB(255, 0, 0), RGB(0, 255, 0), RGB(0, 0, 255))
    let sheet = try ContactSheet(rowHeight: 10, gap: 2).picture(rows: [
      [plain(20, 10, red), plain(10, 10, green)], [plain(50, 50, blue)],
    ])
    #expect(sheet.size == PictureSize(width: 36, height: 26))
    func color(_ x: Int, _ y: Int) -> [UInt8] { Array(sheet.pixels[(y * 36 + x) * 3..<(y * 36 + x) * 3 + 3]) }
    #expect(color(2, 2) == [255, 0, 0] && color(21, 11) == [255, 0, 0])
    #expect(color(24, 2) == [0, 255, 0] && color(33, 11) == [0, 255, 0])
    #expect(color(7, 14) == [0, 0, 255] && color(16, 23) == [0, 0, 255])
    #expect(color(6, 14) == [255, 255, 255] && color(22, 5) == [255, 255, 255] && color(0, 0) == [255, 255, 255])
  }

  @Test("pictures scaled one by one make the same sheet")
  func scaled() throws {
    let sheet = ContactSheet(rowHeight: 10, gap: 2)
    let rows = try [[(31, 17), (5, 90)], [(200, 9), (1, 400)]].map {
      try $0.map { size in
        try Fixtures.noise(PictureSize(width: size.0, height: size.1), channels: 4, seed: UInt64(size.0))
      }
    }
    #expect(try sheet.picture(rows: rows) == sheet.picture(rows: rows.map { try $0.map(sheet.scaled) }))
  }

  @Test("an empty sheet is refused")
  func empty() {
    #expect(throws: PicturesError.self) { try ContactSheet().picture(rows: []) }
    #expect(throws: PicturesError.self) { try ContactSheet().picture(rows: [[]]) }
  }
}
