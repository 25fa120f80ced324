// Package record writes down what ran: one line each, in the file that the environment names, with the mark of its request.
package record

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

// Resources by the names that the record has for them.
var Resources = map[string]string{
	"open":    "file:///srv/open.txt",
	"secret":  "file:///srv/secret",
	"private": "file:///srv/private/secret.txt",
	"page":    "https://docs.example.com/private/page",
}

// Template of the resources that are made when they are asked for.
const Template = "file:///srv/vault/{name}"

// NameInVault is what the record calls one of them.
func NameInVault(name string) string {
	if name == "key" {
		return "vault"
	}
	return "other"
}

// Ran appends a line.
func Ran(what string, header http.Header) {
	file, err := os.OpenFile(os.Getenv("RECORD"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	mark := header.Get("X-Mark")
	if mark == "" {
		mark = "-"
	}
	if _, err := fmt.Fprintf(file, "%s %s\n", what, mark); err != nil {
		log.Fatal(err)
	}
}

// Serve listens where the test said, and ends when the test has ended.
func Serve(handler http.Handler) {
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(500 * time.Millisecond)
		}
		os.Exit(0)
	}()
	mux := http.NewServeMux()
	mux.Handle("/mcp", handler)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), mux))
}
