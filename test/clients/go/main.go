// The Go SDK's client with a browser and a callback of ours: go-sdk URL. Prints one JSON line for each step.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

func tell(step string, said string, err error) {
	if err != nil {
		said = err.Error()
	}
	line, _ := json.Marshal(map[string]any{"step": step, "ok": err == nil, "said": said})
	fmt.Println(string(line))
}

// Where the authorization server sends the user back to.
func startCallback() (string, chan *auth.AuthorizationResult, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	results := make(chan *auth.AuthorizationResult, 1)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		results <- &auth.AuthorizationResult{Code: query.Get("code"), State: query.Get("state"), Iss: query.Get("iss")}
	}))
	return "http://" + listener.Addr().String() + "/callback", results, nil
}

func oauthHandler() (auth.OAuthHandler, error) {
	redirect, results, err := startCallback()
	if err != nil {
		return nil, err
	}
	return auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		RedirectURL: redirect,
		DynamicClientRegistrationConfig: &auth.DynamicClientRegistrationConfig{Metadata: &oauthex.ClientRegistrationMetadata{
			ClientName: "go-sdk", RedirectURIs: []string{redirect}, TokenEndpointAuthMethod: "none",
		}},
		AuthorizationCodeFetcher: func(ctx context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			if err := exec.CommandContext(ctx, os.Getenv("BROWSER"), args.URL).Run(); err != nil {
				return nil, fmt.Errorf("the browser: %w", err)
			}
			select {
			case result := <-results:
				return result, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	})
}

func call(ctx context.Context, session *mcp.ClientSession, tool string, arguments map[string]any) (string, error) {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return "", err
	}
	text := result.Content[0].(*mcp.TextContent).Text
	if result.IsError {
		return "", fmt.Errorf("%s", text)
	}
	return text, nil
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	handler, err := oauthHandler()
	if err != nil {
		tell("login", "", err)
		return
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "go-sdk", Version: "1.8.0"}, nil)
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{Endpoint: os.Args[1], OAuthHandler: handler}, nil)
	tell("login", "", err)
	if err != nil {
		return
	}
	defer session.Close()

	var names []string
	tools, err := session.ListTools(ctx, nil)
	if err == nil {
		for _, tool := range tools.Tools {
			names = append(names, tool.Name)
		}
	}
	sort.Strings(names)
	tell("list", strings.Join(names, " "), err)
	for _, step := range []struct {
		name, tool string
		arguments  map[string]any
	}{
		{"call", "echo", map[string]any{"message": "hello"}},
		{"step-up", "count", map[string]any{"n": 1}},
		{"refusal", "whoami", map[string]any{}},
	} {
		said, err := call(ctx, session, step.tool, step.arguments)
		tell(step.name, said, err)
	}
}
