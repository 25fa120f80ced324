// How many bytes a worker holds of what strangers have sent, and no more than may be.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace ngx {

class HeldBytes {
public:
    explicit HeldBytes(std::size_t most) noexcept : most_(most) {}

    void set_most(std::size_t most) noexcept { most_ = most; }
    std::size_t most() const noexcept { return most_; }                // of all together
    std::size_t most_of_client() const noexcept { return most_ / 4; }  // so that no one client shuts the others out

    // What one request holds, counted as long as it lives. The whole must live longer.
    class Part {
    public:
        Part(HeldBytes& whole, std::string client) noexcept : whole_(whole), client_(std::move(client)) {}
        Part(const Part&) = delete;
        Part& operator=(const Part&) = delete;
        ~Part() { release(); }

        // False: more would be held than may be, and what it holds stays as it is. Throws std::bad_alloc.
        bool grow_to(std::size_t bytes);
        void release() noexcept;

    private:
        HeldBytes& whole_;
        std::string client_;
        std::size_t own_ = 0;
    };

private:
    bool has_room(const std::string& client, std::size_t more) const;

    std::size_t most_;
    std::size_t held_ = 0;
    std::unordered_map<std::string, std::size_t> of_client_;
};

}  // namespace ngx
