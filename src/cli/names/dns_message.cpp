#include "cli/names/dns_message.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"

namespace cli::dns {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t longest_name = 253;  // 255 with the first length and the last (RFC 1035 section 2.3.4)
constexpr std::uint16_t internet = 1;

constexpr std::uint16_t is_response = 0x8000;
constexpr std::uint16_t operation_code = 0x7800;  // 0: a standard query
constexpr std::uint16_t is_truncated = 0x0200;
constexpr std::uint16_t recursion_desired = 0x0100;
constexpr std::uint16_t recursion_available = 0x0080;

constexpr std::uint16_t name_of_the_question = 0xC000 | header_size;  // where it stands (RFC 1035 section 4.1.4)
constexpr std::uint32_t seconds_to_keep = 1;

// What is read beyond the end is nothing, and is remembered.
class Reader {
public:
    explicit Reader(std::span<const std::byte> packet) noexcept : packet_(packet) {}

    std::uint8_t byte() noexcept {
        if (position_ < packet_.size()) return std::to_integer<std::uint8_t>(packet_[position_++]);
        is_short_ = true;
        return 0;
    }
    std::uint16_t number() noexcept {
        const unsigned high = byte();
        return static_cast<std::uint16_t>(high << 8U | byte());
    }
    std::string text(std::size_t size) {
        std::string text;
        while (text.size() < size && !is_short_)
            text += static_cast<char>(byte());
        return text;
    }
    bool is_short() const noexcept { return is_short_; }
    bool is_at_end() const noexcept { return position_ == packet_.size(); }
    std::size_t position() const noexcept { return position_; }

private:
    std::span<const std::byte> packet_;
    std::size_t position_ = 0;
    bool is_short_ = false;
};

// A question has no pointers: there is nothing before it that they could point at.
std::optional<std::string> read_name(Reader& reader) {
    constexpr std::size_t longest_label = 63;
    std::string name;
    for (std::size_t size = 0; (size = reader.byte()) != 0;) {
        if (!name.empty()) name += '.';
        if (size > longest_label || name.size() + size > longest_name) return std::nullopt;
        const std::string label = reader.text(size);
        if (reader.is_short() || label.contains('.') || label.contains('\0')) return std::nullopt;
        std::ranges::transform(label, std::back_inserter(name), base::to_lower);
    }
    if (reader.is_short() || name.empty()) return std::nullopt;
    return name;
}

void add(std::string& message, std::uint16_t number) {
    message += static_cast<char>(number >> 8U);
    message += static_cast<char>(number & 0xFFU);
}

void add(std::string& message, const Address& address) {
    add(message, name_of_the_question);
    add(message, static_cast<std::uint16_t>(address.type));
    add(message, internet);
    add(message, 0);
    add(message, seconds_to_keep);
    add(message, static_cast<std::uint16_t>(address.size()));
    message.append(reinterpret_cast<const char*>(address.bytes.data()), address.size());
}

}  // namespace

std::optional<Question> parse_query(std::span<const std::byte> packet) {
    if (packet.size() > largest_message) return std::nullopt;
    Reader reader(packet);
    Question question{.id = reader.number(), .flags = reader.number(), .name = {}, .section = {}};
    const std::uint16_t questions = reader.number();
    const std::uint16_t answers = reader.number();
    const std::uint16_t authorities = reader.number();
    const std::uint16_t additional = reader.number();  // EDNS asks for more than we do, and is left unanswered
    if ((question.flags & (is_response | operation_code | is_truncated)) != 0) return std::nullopt;
    if (questions != 1 || answers != 0 || authorities != 0 || additional > 1) return std::nullopt;
    auto name = read_name(reader);
    if (!name) return std::nullopt;
    question.name = *std::move(name);
    question.type = reader.number();
    const std::uint16_t question_class = reader.number();
    if (reader.is_short() || question_class != internet) return std::nullopt;
    if (additional == 0 && !reader.is_at_end()) return std::nullopt;
    const auto section = packet.subspan(header_size, reader.position() - header_size);
    question.section.assign(reinterpret_cast<const char*>(section.data()), section.size());
    return question;
}

std::string answer(const Question& question, Outcome outcome, std::span<const Address> addresses) {
    constexpr std::size_t size_beside_address = 12;
    std::string records;
    std::uint16_t count = 0;
    const std::size_t room = largest_message - header_size - question.section.size();
    for (const Address& address : addresses) {
        if (static_cast<std::uint16_t>(address.type) != question.type) continue;
        if (records.size() + size_beside_address + address.size() > room) break;
        add(records, address);
        count++;
    }
    std::string message;
    add(message, question.id);
    add(message, static_cast<std::uint16_t>(is_response | recursion_available | (question.flags & recursion_desired) |
                                            static_cast<std::uint16_t>(outcome)));
    for (const std::uint16_t number : {std::uint16_t{1}, count, std::uint16_t{0}, std::uint16_t{0}})
        add(message, number);
    return message + question.section + records;
}

}  // namespace cli::dns
