#include "mcp/message_stream.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <utility>

namespace mcp {
namespace {

using boost::json::error_code;
using Piece = boost::json::string_view;

// Called by the parser for each token. Every function returns true: whoever looks never stops the reading.
class Collector {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    Collector(std::span<const WantedMember> wanted, MessageStream::Told told)
        : wanted_(wanted), told_(std::move(told)) {}

    void restart() noexcept;
    bool has_ended() const noexcept { return has_ended_; }
    bool is_batch() const noexcept { return first_message_depth_ == 1; }

    bool on_document_begin(error_code&) noexcept { return true; }
    bool on_document_end(error_code&) noexcept { return true; }
    bool on_object_begin(error_code&);
    bool on_object_end(std::size_t, error_code&);
    bool on_array_begin(error_code&);
    bool on_array_end(std::size_t, error_code&);
    bool on_key_part(Piece piece, std::size_t, error_code&);
    bool on_key(Piece piece, std::size_t, error_code&);
    bool on_string_part(Piece piece, std::size_t, error_code&) { return add_text(piece); }
    bool on_string(Piece piece, std::size_t, error_code&) { return end_text(piece, FoundValue::Kind::text); }
    bool on_number_part(Piece piece, error_code&) { return add_text(piece); }
    bool on_int64(std::int64_t, Piece piece, error_code&) { return end_text(piece, FoundValue::Kind::number); }
    bool on_uint64(std::uint64_t, Piece piece, error_code&) { return end_text(piece, FoundValue::Kind::number); }
    bool on_double(double, Piece piece, error_code&) { return end_text(piece, FoundValue::Kind::number); }
    bool on_bool(bool value, error_code&) { return take(value ? FoundValue::Kind::yes : FoundValue::Kind::no); }
    bool on_null(error_code&) { return take(FoundValue::Kind::null); }
    bool on_comment_part(Piece, error_code&) noexcept { return true; }
    bool on_comment(Piece, error_code&) noexcept { return true; }

private:
    // Of the texts. Views would not outlive their growth.
    struct Stretch {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    using Members = std::span<const WantedMember>;
    static constexpr std::size_t max_levels = 4;  // message, params, _meta, and one to spare

    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

    // Among members of which some are wanted. What is deeper is not looked at.
    bool is_watching() const noexcept { return depth_ == watched_depth_; }
    bool stands_for_message() const noexcept { return levels_count_ == 0 && depth_ == first_message_depth_; }
    FoundValue* wanted_value() noexcept {
        return is_watching() && current_ != nullptr ? &values_[current_->place] : nullptr;
    }
    void watch(std::size_t levels) noexcept {
        levels_count_ = levels;
        watched_depth_ = levels > 0 ? first_message_depth_ + levels : nowhere;
    }

    void begin_message();
    void end_message(bool is_object);
    bool take(FoundValue::Kind kind);
    bool add_text(Piece piece);
    bool end_text(Piece piece, FoundValue::Kind kind);
    void end_value() noexcept;
    void choose_member(std::string_view key);
    void mark_twins(std::string_view key) noexcept;

    Members wanted_;
    MessageStream::Told told_;
    std::array<FoundValue, MessageStream::max_values> values_{};
    std::array<Stretch, MessageStream::max_values> stretches_{};  // of the texts of those that have one
    std::string texts_;                                           // one behind the other
    std::array<Members, max_levels> levels_{};  // the objects around, as far as something in them is wanted
    std::size_t levels_count_ = 0;
    std::size_t watched_depth_ = nowhere;
    std::size_t depth_ = 0;                // of arrays and objects around
    std::size_t first_message_depth_ = 0;  // 1 in a batch
    const WantedMember* current_ = nullptr;
    std::string key_;
    bool key_is_too_long_ = false;
    bool is_clear_ = true;
    bool has_ended_ = false;
};

void Collector::restart() noexcept {
    depth_ = first_message_depth_ = 0;
    watch(0);
    current_ = nullptr;
    key_.clear();
    key_is_too_long_ = has_ended_ = false;
}

bool has_text(const FoundValue& value) noexcept {
    return value.kind == FoundValue::Kind::text || value.kind == FoundValue::Kind::number;
}

void Collector::begin_message() {
    values_.fill({});
    texts_.clear();
    is_clear_ = true;
    levels_[0] = wanted_;
    watch(1);
    current_ = nullptr;
}

void Collector::end_message(bool is_object) {
    watch(0);
    for (std::size_t i = 0; i < values_.size(); i++)
        if (const FoundValue& value = values_[i]; !value.is_ambiguous && has_text(value))
            values_[i].text = {texts_.data() + stretches_[i].begin, stretches_[i].size};
    told_({.values = values_, .is_clear = is_object && is_clear_});
}

bool Collector::on_object_begin(error_code&) {
    if (FoundValue* value = wanted_value()) {
        value->kind = FoundValue::Kind::structure;
        if (!current_->inside.empty() && levels_count_ < max_levels) {
            levels_[levels_count_] = current_->inside;
            watch(levels_count_ + 1);
        }
        current_ = nullptr;
    } else if (stands_for_message()) {
        begin_message();
    }
    depth_++;
    return true;
}

bool Collector::on_object_end(std::size_t, error_code&) {
    const bool was_watched = is_watching();
    depth_--;
    if (was_watched) watch(levels_count_ - 1);
    if (was_watched && levels_count_ == 0) end_message(true);
    end_value();
    return true;
}

bool Collector::on_array_begin(error_code&) {
    if (depth_ == 0) {
        first_message_depth_ = 1;
    } else if (FoundValue* value = wanted_value()) {
        value->kind = FoundValue::Kind::structure;
    }
    depth_++;
    return true;
}

bool Collector::on_array_end(std::size_t, error_code&) {
    depth_--;
    if (stands_for_message() && depth_ > 0) end_message(false);
    end_value();
    return true;
}

bool Collector::on_key_part(Piece piece, std::size_t, error_code&) {
    if (!is_watching()) return true;
    key_is_too_long_ = key_is_too_long_ || piece.size() > MessageStream::longest_key - key_.size();
    if (!key_is_too_long_) key_.append(piece.data(), piece.size());
    return true;
}

bool Collector::on_key(Piece piece, std::size_t size, error_code& error) {
    if (!is_watching()) return true;
    if (key_.empty() && !key_is_too_long_ && piece.size() <= MessageStream::longest_key) {
        choose_member(piece);  // came whole, as most do
        return true;
    }
    on_key_part(piece, size, error);
    choose_member(key_);
    key_.clear();
    key_is_too_long_ = false;
    return true;
}

// No wanted name folds to another one's: what is spelled like one is that one.
void Collector::choose_member(std::string_view key) {
    const Members members = levels_[levels_count_ - 1];
    is_clear_ = is_clear_ && !key_is_too_long_;
    const auto found = std::ranges::find_if(members, [key](const WantedMember& member) {
        const std::string_view name = member.name.exact;
        return name.size() == key.size() && name.front() == key.front() && name == key;
    });
    current_ = found != members.end() ? &*found : nullptr;
    if (current_ == nullptr) return mark_twins(key);
    FoundValue& value = values_[current_->place];
    value.is_ambiguous = value.is_ambiguous || value.kind != FoundValue::Kind::absent;
    stretches_[current_->place] = {.begin = texts_.size()};
}

void Collector::mark_twins(std::string_view key) noexcept {
    is_clear_ = is_clear_ && key != "__proto__";
    const ComparedName name(key);
    for (const WantedMember& member : levels_[levels_count_ - 1])
        if (name.folds_to(member.name.folded)) values_[member.place].is_ambiguous = true;
}

// Of what is ambiguous nothing is kept: it may come as often as it likes.
bool Collector::add_text(Piece piece) {
    FoundValue* value = wanted_value();
    if (value == nullptr || value->kind == FoundValue::Kind::too_long || value->is_ambiguous) return true;
    Stretch& stretch = stretches_[current_->place];
    if (piece.size() > current_->longest - stretch.size) {
        value->kind = FoundValue::Kind::too_long;
        texts_.resize(stretch.begin);
        stretch.size = 0;
    } else {
        texts_.append(piece.data(), piece.size());
        stretch.size += piece.size();
    }
    return true;
}

bool Collector::end_text(Piece piece, FoundValue::Kind kind) {
    add_text(piece);
    const FoundValue* value = wanted_value();
    return take(value != nullptr && value->kind == FoundValue::Kind::too_long ? FoundValue::Kind::too_long : kind);
}

bool Collector::take(FoundValue::Kind kind) {
    if (FoundValue* value = wanted_value()) {
        value->kind = kind;
    } else if (stands_for_message()) {
        end_message(false);
    }
    end_value();
    return true;
}

void Collector::end_value() noexcept {
    if (is_watching()) current_ = nullptr;
    has_ended_ = depth_ == 0;
}

boost::json::parse_options options() noexcept {
    boost::json::parse_options options;
    options.max_depth = MessageStream::max_depth;
    return options;
}

}  // namespace

struct MessageStream::Parser {
    Parser(std::span<const WantedMember> wanted, Told told) : reader(options(), wanted, std::move(told)) {}
    boost::json::basic_parser<Collector> reader;
    bool is_broken = false;
};

MessageStream::MessageStream(std::span<const WantedMember> wanted, Told told)
    : parser_(std::make_unique<Parser>(wanted, std::move(told))) {}
MessageStream::~MessageStream() = default;
MessageStream::MessageStream(MessageStream&&) noexcept = default;
MessageStream& MessageStream::operator=(MessageStream&&) noexcept = default;

void MessageStream::add(std::string_view piece) {
    Parser& parser = *parser_;
    if (parser.is_broken || piece.empty()) return;
    error_code error;
    const std::size_t read = parser.reader.write_some(true, piece.data(), piece.size(), error);
    parser.is_broken = error || read < piece.size();
}

bool MessageStream::is_broken() const noexcept {
    return parser_->is_broken;
}

bool MessageStream::is_complete() const noexcept {
    return !parser_->is_broken && parser_->reader.handler().has_ended();
}

bool MessageStream::is_batch() const noexcept {
    return parser_->reader.handler().is_batch();
}

void MessageStream::restart() {
    parser_->reader.reset();
    parser_->reader.handler().restart();
    parser_->is_broken = false;
}

}  // namespace mcp
