package TestNginx::Mcp;

# What an MCP client sends to a protected resource, and what the tests of mcp_resource expect in return.

use v5.36;
use parent 'Exporter';

use TestNginx::Jose;

our @EXPORT = qw($resource $metadata $protected access_token message post parameters);

our $resource = 'https://mcp.example.com/mcp';
our $metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

# The directives that make a location a resource whose tokens the key p256 signs.
our $protected = "mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;";

# A token that passes, and what a test changes in its claims; undef removes one.
sub access_token (%changes) { return mint('p256', claims(aud => $resource, scope => 'mcp:read', %changes)) }

# A JSON-RPC request as text.
sub message ($method, %params) {
    return to_json({ jsonrpc => '2.0', id => 1, method => $method, %params ? (params => \%params) : () });
}

sub post ($nginx, $path, $body, %request) { return $nginx->get($path, method => 'POST', body => $body, %request) }

# The parameters of a Bearer challenge; dies when it does not look exactly like one.
sub parameters ($challenge) {
    $challenge =~ s/\ABearer (?=\w)// or die "no Bearer challenge: $challenge\n";
    my %parameters;
    while ($challenge =~ s/\A(\w+)="([^"\\]*)"(?:, (?=\w)|\z)//) {
        die "$1 stands there twice\n" if exists $parameters{$1};
        $parameters{$1} = $2;
    }
    $challenge eq '' or die "junk in the challenge: $challenge\n";
    return \%parameters;
}

1;
