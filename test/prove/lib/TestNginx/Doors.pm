package TestNginx::Doors;

# What a client sends to show credentials, and an identity that is not its own; and what of it which backend received.
# A row of a table is one way into a location or out of it:
#   [what it is, path, outcome without a token, with one that has not the scope, with a good one, configuration, request options]
# An outcome is the status and all that was asked: `403 page` (the backend "page", which received neither credentials nor
# an identity), `200 mcp=alice page` (the backend "mcp" learned from the token who this is; mcp~alice: in X-Other). Were
# something else to arrive, it would show: `401 page+authorization+x_user`, or `401 page+everything`.

use v5.36;
use parent 'Exporter';

use Test::More;

use TestNginx;
use TestNginx::FastCgi;
use TestNginx::Http2;
use TestNginx::Mcp;

our @EXPORT = qw($mcp @forged @forged_credentials $backend to to_fastcgi way good_token low_token fold values_of new_requests outcome status_http2 arrival check_doors);

# What makes a location protected, in all tables.
our $mcp = "$protected mcp_scope mcp:read; mcp_claim_header X-User sub; mcp_claim_header X-Groups groups;";

# What makes a location protected in this test: these directives. What its backend then knows of the client: by its
# identity headers, or (issued) by a token of its own, this one.
our $door     = $mcp;
our $identity = '=alice';
our $issued;

# nginx 1.26 itself refuses a second Authorization or Proxy-Authorization; their other spellings it does not know.
our @forged = (
    'X-User: forged-1', 'X_User: forged-2', 'x-user: forged-3', 'X.User: forged-4', 'X-Groups: forged-5', 'x_groups: forged-6',
    'Proxy-Authorization: Basic forged-7', 'Proxy_Authorization: Basic forged-8', 'proxy.authorization: Basic forged-9',
);
our @forged_credentials = grep { /^proxy/i } @forged;
our $sent = \@forged;    # what every request of a table brings along
my $basic = 'Authorization: Basic forged-10';

our $backend = run_origin();
my $fastcgi = TestNginx::FastCgi->start;
my %counted = map { $_->port => 0 } $backend, $fastcgi;
$backend->answer('/', body => 'backend');

# Directives that ask a backend of this name.
sub to ($name) { return "proxy_set_header X-Backend $name; proxy_pass http://127.0.0.1:" . $backend->port . ';' }

sub to_fastcgi ($name) {
    my $parameters = join ' ', map { "fastcgi_param $_;" } 'REQUEST_METHOD $request_method', 'REQUEST_URI $request_uri', 'QUERY_STRING $query_string';
    return "$parameters fastcgi_param HTTP_X_BACKEND $name; fastcgi_pass 127.0.0.1:" . $fastcgi->port . ';';
}

our ($good_token, $low_token) = (\&good_token, \&low_token);    # of a table
sub good_token (%changes) { return access_token(groups => ['dev'], %changes) }
sub low_token ()          { return access_token(scope => 'other', sub => 'forged-low') }

# A row whose location is protected, with these directives and (option `content`) what serves it, the backend "mcp". Other
# options: its `path`, a `query`, the `protocols` to be tried, what is done `before`, and those of a request.
sub way ($what, $none, $low, $good, $directives, %options) {
    state $number = 0;
    my $path    = delete $options{path}    // '/way' . ++$number;
    my $content = delete $options{content} // to('mcp');
    my $query   = delete $options{query}   // '';
    return [$what, "$path$query", $none, $low, $good, "location = $path { $door $directives $content }", %options];
}

# The name as a program sees it that gets headers as variables (RFC 3875 section 4.1.18, and what PHP makes of it).
sub fold ($name) { return lc($name) =~ s/\Ahttp_//r =~ s/[^a-z0-9]/_/gr }

# The values of all headers that such a program would take for this one.
sub values_of ($request, $name) { return map { $_->[1] } grep { fold($_->[0]) eq fold($name) } @{ $request->{headers} } }

# What backends were asked since the last call, oldest first. They are waited for, since a stream of HTTP/2 may end before
# the last of them was asked; HTTP/1.1 responses end when all is done.
sub new_requests ($wanted) {
    my $find = sub { return map { my $origin = $_; [$origin, $origin->requests_from($counted{ $origin->port })] } $backend, $fastcgi };
    my $all  = sub { return map { @$_[1 .. $#$_] } @_ };
    wait_for(1, sub { $all->($find->()) >= $wanted });
    my @found = $find->();
    $counted{ $_->[0]->port } += $#$_ for @found;
    return $all->(@found);
}

# The status, and each backend that was asked. `wanted`: the outcome that is expected.
sub outcome ($nginx, $protocol, $wanted, $path, %request) {
    my $status = $protocol eq 'HTTP/2' ? status_http2($nginx, $path, %request) : $nginx->get($path, %request)->status;
    return join ' ', $status, sort map { arrival($_, %request) } new_requests(scalar(() = $wanted =~ / /g));
}

sub status_http2 ($nginx, $path, %request) {
    my @token = defined $request{token} ? "Authorization: Bearer $request{token}" : ();
    $nginx->keep_out_of_log($request{token}) if @token;
    my @headers = (@{ $request{headers} // [] }, @token);
    return TestNginx::Http2::status($nginx->port('PORT_H2'), $request{method} // 'GET', $path, \@headers, $request{body}, 20 * $TestNginx::patience);
}

# A backend's name, and what of the client's secrets and forgeries it saw. To the backend of a protected location, its
# identity belongs; others may know it when the token was good. Of the backend "any" nothing is said.
sub arrival ($request, %sent) {
    my ($name) = values_of($request, 'X-Backend');
    return $name if $name eq 'any';
    my @identity = grep { !/forged/ } values_of($request, 'X-User');
    my $granted  = is_granted($request) ? '(issued)' : '';
    my $expected = $name ne 'mcp' && "@identity" eq 'alice' && $sent{is_good};
    my $body = length($sent{body} // '') && $request->{body} eq $sent{body} ? '(body)' : '';
    my @other = grep { !/forged/ } values_of($request, 'X-Other');
    my $who = join '', @identity && !$expected ? '=' . join(',', @identity) : '', @other ? '~' . join(',', @other) : '';
    return "$name$body$granted$who" . leaks($request, %sent);
}

# Whether this is the backend that an exchanged token is for, and it has it, once.
sub is_granted ($request) {
    my @values = values_of($request, 'Authorization');
    return defined $issued && (values_of($request, 'X-Backend'))[0] eq 'mcp' && "@values" eq "Bearer $issued";
}

sub leaks ($request, %sent) {
    my $is_granted = is_granted($request);
    my $is_leak = sub ($name, $value) { !($is_granted && fold($name) eq 'authorization') && (fold($name) =~ /\A(?:proxy_)?authorization\z/ || $value =~ /forged/ || index($value, $sent{token} // "\0") >= 0) };
    my %arrived = map { lc($_->[0]) =~ s/\Ahttp_//r => 1 } grep { $is_leak->(@$_) } @{ $request->{headers} };
    my $query = $request->{uri} =~ /forged/ || index($request->{uri}, $sent{token} // "\0") >= 0 ? '+query' : '';
    my @fields = ((map { [split /: /, $_, 2] } @{ $sent{headers} // [] }), defined $sent{token} ? ['Authorization', $sent{token}] : ());
    my @sent = map { lc $_->[0] } grep { $is_leak->(@$_) } @fields;
    @sent = map { tr/-/_/r } @sent if values_of($request, 'REQUEST_METHOD');    # FastCGI
    my $all = @sent && !grep { !$arrived{$_} } @sent;
    return join('', $all ? '+everything' : map { "+$_" } sort keys %arrived) . $query;
}

# One server with all rows' configurations beside `config`; each row with each kind of credentials, by each protocol.
sub check_doors ($config, $files, @rows) {
    my $nginx = run_nginx($config =~ s/%%ROWS%%/join "\n", map { "        $_->[5]" } @rows/er, $files);
    for my $row (@rows) {
        my ($what, $path, $none, $low, $good, undef, %request) = @$row;
        my $before = delete $request{before};
        my $protocols = delete $request{protocols} // ['HTTP/1.1', 'HTTP/2'];
        $before->($nginx) if $before;
        for my $protocol (@$protocols) {
            my $check = sub ($kind, $wanted, @credentials) {
                $wanted =~ s/=alice/$identity/g;
                my @headers = (@$sent, @{ $request{headers} // [] }, $kind eq 'a password' ? $basic : ());
                is outcome($nginx, $protocol, $wanted, $path, %request, headers => \@headers, @credentials), $wanted, "$what: $protocol, $kind";
            };
            $check->('no token',   $none);
            $check->('a password', $none);
            $check->('a token without the scope', $low, token => $low_token->());
            $check->('a good token', $good, token => $good_token->(), is_good => 1);
        }
    }
    is scalar(new_requests(0)), 0, 'no backend was asked later';
    return $nginx;
}

1;
