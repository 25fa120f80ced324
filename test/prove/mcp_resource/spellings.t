# Header names that a program with CGI's variables cannot tell apart (RFC 3875 section 4.1.18): none of them gets past a
# protected location, alone or together, to HTTP, FastCGI or gRPC. And headers by which a backend would serve another
# method or path than the one that was judged.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

my $grpc   = 'grpc_pass grpc://127.0.0.1:%%PORT_GRPC%%;';
my $accept = 'underscores_in_headers on; ignore_invalid_headers off;';
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        $accept
        location = /http    { $mcp @{[ to('mcp') ]} }
        location = /fastcgi { $mcp @{[ to_fastcgi('mcp') ]} }
        location = /grpc    { $mcp $grpc }
        location = /any     { $mcp satisfy any; allow all; @{[ to('mcp') ]} }
        location = /page    { $mcp error_page 401 403 = \@page; @{[ to('mcp') ]} }
        location \@page     { @{[ to('page') ]} }
        location = /odd     { $protected mcp_claim_header X_User sub; mcp_claim_header x-groups groups; @{[ to_fastcgi('mcp') ]} }
        location /outer     { $mcp location /outer/off { mcp_resource off; @{[ to('page') ]} } @{[ to('mcp') ]} }
        location = /open    { @{[ to('open') ]} }
    }
    server { listen 127.0.0.1:%%PORT_GRPC%% http2; $accept location / { @{[ to('mcp') ]} } }
    server {
        listen 127.0.0.1:%%PORT_STRICT%%;    # nginx's defaults: it drops odd names itself
        location = /http    { $mcp @{[ to('mcp') ]} }
        location = /fastcgi { $mcp @{[ to_fastcgi('mcp') ]} }
    }
CONF

my $token = good_token();

# What the one backend that is asked sees, by each protocol.
sub is_seen ($wanted, $rule, $path, $headers, %request) {
    for my $protocol ('HTTP/1.1', 'HTTP/2') {
        is outcome($nginx, $protocol, $wanted, $path, headers => $headers, %request), $wanted, "$path, $protocol: $rule";
    }
    return;
}
my @good = (token => $token, is_good => 1);

# --- names ----------------------------------------------------------------------------------------------------------------

my @separators = ('-', '_', '.', '~', '+', '!', '*', '%', '&', "'", '^', '`', '|', '#', '$');
my @names = ((map { "X${_}User" } @separators), 'x-user', 'X-USER', 'x_uSER', (map { "X${_}Groups" } '-', '_', '.', '~'), (map { "Proxy${_}Authorization" } '-', '_', '.', '~'));
for my $name (@names) {
    my @forged = ("$name: forged");
    is_seen('200 mcp=alice', "$name does not arrive", $_, \@forged, @good) for qw(/http /fastcgi /grpc);
    is_seen('200 mcp',  "$name does not arrive when nobody is known", '/any', \@forged);
    is_seen('200 page', "$name does not arrive behind a refusal", '/page', \@forged);
    is_seen('200 page', "$name does not arrive behind mcp_resource off", '/outer/off', \@forged);
    is_seen('200 open+everything', "$name arrives beside", '/open', \@forged);
}
my @all = map { "$_: forged" } @names;
for my $headers ([@all], [reverse @all], [map { ($_, 'X-Other-Header: 1') } @all], [map { ($_) x 3 } grep { /user|groups/i } @all], [(map { "X-Filler-$_: 1" } 1 .. 18), @all]) {
    is_seen('200 mcp=alice', scalar(@$headers) . ' of them do not arrive', $_, $headers, @good) for qw(/http /fastcgi /grpc);
    is_seen('200 page', scalar(@$headers) . ' of them do not arrive behind a refusal', '/page', $headers);
}

is_seen('200 mcp=alice', 'a claim header with an odd name of its own', '/odd', [@all], @good);
is $nginx->get($_, port => 'PORT_STRICT', headers => [@all], @good)->status, 200, "$_: where nginx drops odd names" for qw(/http /fastcgi);
is join(' ', map { arrival($_, headers => [@all], @good) } new_requests(2)), 'mcp=alice mcp=alice', 'nothing changes';

# --- what MCP may define ----------------------------------------------------------------------------------------------------

for my $name (qw(Mcp_Param_X Mcp.Param.X mcp-Param_X MCP_param-x Mcp_Name)) {
    $nginx->get('/http', headers => ["$name: forged", 'Mcp-Param-Y: 1'], @good);
    my ($request) = new_requests(1);
    is TestNginx::Origin::header($request, $name), undef, "$name does not arrive beside the Mcp- headers";
    is TestNginx::Origin::header($request, 'Mcp-Param-Y'), '1', '... which do';
}

# --- another method or path than the one that was judged ------------------------------------------------------------------

my @override = qw(X-HTTP-Method-Override X-HTTP-Method X-Method-Override X-Original-URL X-Rewrite-URL);
for my $header (@override) {
    for my $name ($header, lc $header, $header =~ tr/-/_/r, $header =~ tr/-/./r, $header =~ s/-/_/r) {
        my @forged = ("$name: forged");
        is_seen('200 mcp(body)=alice', "$name of a POST does not arrive", $_, \@forged, @good, method => 'POST', body => message('ping')) for qw(/http /fastcgi);
        is_seen('200 mcp=alice', "$name of a GET does not arrive", $_, \@forged, @good) for qw(/http /grpc);
        is_seen('200 mcp', "$name does not arrive when nobody is known", '/any', \@forged);
        is_seen('200 open+everything', "$name arrives beside", '/open', \@forged);
    }
}

finish();
