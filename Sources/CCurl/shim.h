#pragma once

// Swift calls no variadic function, and the macros that check the types of one are of no use without it.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static inline CURLcode warren_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode warren_curl_set_size(CURL *easy, CURLoption option, long long value) {
    return curl_easy_setopt(easy, option, (curl_off_t)value);
}

// libcurl copies the text.
static inline CURLcode warren_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// libcurl keeps the pointer.
static inline CURLcode warren_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode warren_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*warren_curl_receive)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode warren_curl_set_receive(CURL *easy, CURLoption option, warren_curl_receive value) {
    return curl_easy_setopt(easy, option, value);
}

typedef curl_socket_t (*warren_curl_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode warren_curl_set_open(CURL *easy, warren_curl_open value) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

// Allows http and https, and nothing else.
static inline CURLcode warren_curl_set_protocols(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode warren_curl_status(CURL *easy, long *status) {
    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, status);
}

// Writes the 4 or 16 bytes of an Internet address, and returns their number; 0 for an address of another family.
static inline int warren_curl_address(const struct curl_sockaddr *address, unsigned char *bytes) {
    // The address is behind its header in libcurl's own memory, longer than the type says.
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in internet;
        memcpy(&internet, &address->addr, sizeof internet);
        memcpy(bytes, &internet.sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 internet;
        memcpy(&internet, &address->addr, sizeof internet);
        memcpy(bytes, &internet.sin6_addr, 16);
        return 16;
    }
    return 0;
}

// Opens a socket for an address, which no child process inherits.
static inline curl_socket_t warren_curl_open_socket(const struct curl_sockaddr *address) {
    curl_socket_t opened = socket(address->family, address->socktype, address->protocol);
    if (opened != CURL_SOCKET_BAD) fcntl(opened, F_SETFD, FD_CLOEXEC);
    return opened;
}

static inline curl_socket_t warren_curl_no_socket(void) { return CURL_SOCKET_BAD; }

// The end of one transfer, if there is one: its handle and result.
static inline CURL *warren_curl_finished(CURLM *multi, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
