package TestNginx::Redis;

# A redis-server of a test's own, on a free port and on a socket. TEST_REDIS_SERVER: another program, for example valkey-server.

use v5.36;

use File::Temp;
use IO::Socket::UNIX;
use POSIX ();
use Time::HiRes qw(sleep time);

use TestNginx ();
use TestNginx::Port;

my @all;

# start(options of redis-server: name => value, ...)
sub start ($class, %options) {
    my $dir  = File::Temp->newdir('prove-redis-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, port => TestNginx::Port::free(), options => \%options }, $class;
    push @all, $self;
    $self->launch;
    return $self;
}

sub program () { return $ENV{TEST_REDIS_SERVER} // 'redis-server' }

sub port ($self)    { return $self->{port} }
sub address ($self) { return "127.0.0.1:$self->{port}" }
sub socket ($self)  { return "$self->{dir}/socket" }

# Again after stop() or die_now(), with nothing of what it knew.
sub launch ($self) {
    my %options = (port => $self->{port}, bind => '127.0.0.1', unixsocket => $self->socket, unixsocketperm => 777, save => '',
        appendonly => 'no', dir => "$self->{dir}", logfile => "$self->{dir}/log", %{ $self->{options} });
    chmod 0755, $self->{dir};
    $self->{pid} = fork // die "fork: $!\n";
    if (!$self->{pid}) {
        exec program(), map { ("--$_", $options{$_}) } sort keys %options or POSIX::_exit(127);
    }
    TestNginx::wait_for(20, sub { waitpid($self->{pid}, POSIX::WNOHANG()) == 0 or die "redis-server does not run\n"; $self->is_up })
        or die "redis-server does not answer\n";
    return;
}

sub is_up ($self) {
    my $socket = IO::Socket::UNIX->new(Peer => $self->socket) // return 0;
    print {$socket} "PING\r\n";
    return defined(my $line = <$socket>);
}

# Its reply to a command: a text, an array as a reference, "-ERR ..." of an error.
sub ask ($self, @command) {
    my $socket = IO::Socket::UNIX->new(Peer => $self->socket) // die "redis-server: $!\n";
    $socket->autoflush(1);
    for my $part ($self->{login} // (), \@command) {
        print {$socket} join '', '*' . @$part . "\r\n", map { '$' . length($_) . "\r\n$_\r\n" } @$part;
        my $reply = read_reply($socket);
        return $reply if $part == \@command;
    }
    return;
}

sub read_reply ($socket) {
    my $line = <$socket> // die "redis-server closed the connection\n";
    $line =~ s/\r\n\z//;
    return $line =~ s/\A[+:]//r if $line =~ /\A[+:]/;
    return $line if $line =~ /\A-/;
    return if $line =~ /\A[\$*]-1\z/;
    return [map { read_reply($socket) } 1 .. $1] if $line =~ /\A\*(\d+)\z/;
    my ($size) = $line =~ /\A\$(\d+)\z/ or die "no reply: $line\n";
    read $socket, my $text, $size + 2;
    return substr $text, 0, $size;
}

# How to log in where the test asks it, after a password was set.
sub log_in_with ($self, @words) { $self->{login} = ['AUTH', @words]; return }

sub hang ($self)    { kill 'STOP', $self->{pid}; return }
sub go_on ($self)   { kill 'CONT', $self->{pid}; return }
sub stop ($self) {
    my $pid = delete $self->{pid} // return;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return;
}

sub limit_keys ($self, $prefix = 'mcp') { return @{ $self->ask('KEYS', "$prefix:limit:*") } }

END { local $?; $_->stop for @all }

1;
